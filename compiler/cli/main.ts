import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { ownPackage } from "../package.ts";
import { reporters } from "../report/index.ts";
import { build } from "./commands/build.ts";
import { check } from "./commands/check.ts";
import { completion, shells } from "./commands/completion.ts";
import { describe, describedKinds } from "./commands/describe.ts";
import { explain } from "./commands/explain.ts";
import { fmt } from "./commands/fmt.ts";
import { init } from "./commands/init.ts";
import { lint } from "./commands/lint.ts";
import { reportCrash } from "./crash.ts";
import { type ExitCode, exitCodes, isUserError } from "./exit.ts";
import { showUserError, type Terminal } from "./terminal.ts";

export { processTerminal } from "./terminal.ts";

/** Runs `lavisc` with the words after its name; resolves to the exit code. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = exitCodes.clean;
  const program = commandLine(terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv.map(withLevel), { from: "user" });
    return code;
  } catch (error) {
    // Commander has already said what is wrong, or printed the help or the version that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.clean : exitCodes.usage;
    if (isUserError(error)) {
      showUserError(error, terminal);
      return exitCodes.usage;
    }
    reportCrash(error, argv, ownPackage().version, terminal);
    return exitCodes.internal;
  }
}

/**
 * The commands and their flags. What works on recipes is loaded at once, because fewer files start faster; the
 * emitter and the runtime are loaded by the commands that need them.
 */
function commandLine(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const program = new Command("lavisc")
    .description("Compiles .lavis recipes into programs that train language-vision models.")
    .version(ownPackage().version, "-V, --version")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.error })
    .showHelpAfterError("(lavisc --help lists the commands and flags)");

  watchFlag(
    recipeCommand("build", "compile recipes into programs (the command when none is named)", {
      isDefault: true,
    }),
    "build",
  )
    .option("-o, --output <folder>", "where the program goes", "out")
    .option("--force", "overwrite files in the output folder that were edited or made by others", false)
    .action(async (files: string[], options) => {
      finish(await build(files, options, terminal));
    });

  watchFlag(recipeCommand("check", "check recipes without writing anything"))
    .option("--probe", "also look at what they name on this machine: files, weights, disk, device", false)
    .action(async (files: string[], options) => {
      finish(await check(files, options, terminal));
    });

  watchFlag(
    recipeCommand(
      "lint",
      "check recipes and folders of recipes, warn of what is probably not meant, repair it",
      {
        files: "[files...]",
      },
    ),
  )
    .addOption(
      new Option("--fix [level]", "apply safe fixes, or with --fix=unsafe also guesses").choices([
        "safe",
        "unsafe",
      ]),
    )
    .option("--dry-run", "write no fixes; exit with 1 if there are some", false)
    .option("--diff", "write no fixes; show what they would change", false)
    .option("--baseline <file>", "leave out the findings that this file knows")
    .option("--write-baseline", "write what is found now into the baseline", false)
    .action(async (files: string[], options) => {
      finish(await lint(files, options, terminal));
    });

  command("fmt", "format recipes in place, also ones with errors")
    .argument("<files...>", "recipes, or - for standard input")
    .option("--check", "write nothing; exit with 1 if a file is not formatted", false)
    .option("--diff", "write nothing; show what would change", false)
    .addOption(stdinFilename())
    .action(async (files: string[], options) => {
      finish(await fmt(files, options, terminal));
    });

  recipeFlags(command("explain", "say what a diagnostic means, or where each value of a recipe comes from"))
    .argument("<subject>", "a code or slug of a diagnostic, or a recipe")
    .action(async (subject: string, options) => {
      finish(await explain(subject, options, terminal));
    });

  recipeFlags(
    command("plan", "say what training will do and need: parameters, steps, rates, memory, disk, time"),
  )
    .argument("<file>", "a recipe, or - for standard input")
    .option(
      "--samples <count>",
      "samples of a pass over the training data, where nobody counted them",
      positive,
    )
    .option("--step-seconds <seconds>", "how long a training step takes", seconds)
    .option("--from <folder>", "the folder of a run whose steps say how long one takes")
    .addOption(new Option("--format <format>", "how it is shown").choices(["text", "json"]).default("text"))
    .action(async (file: string, options) => {
      const { plan } = await import("./commands/plan.ts");
      finish(await plan(file, options, terminal));
    });

  command("import", "turn YAML run configurations of LAVIS into recipes")
    .argument("<files...>", "YAML files, folders with such files in them, or - for standard input")
    .option("-o, --output <path>", "a folder, or the recipe of one file; beside each YAML file unless given")
    .option("--stdout", "print the recipe of one file", false)
    .option("--force", "overwrite recipes that are there with another text", false)
    .addOption(formatOption())
    .addOption(stdinFilename())
    .addHelpText("after", importHelp)
    .action(async (files: string[], options) => {
      const { importFiles } = await import("./commands/import.ts");
      finish(await importFiles(files, options, terminal));
    });

  command(
    "describe",
    "list what recipes can name; or describe a kind, one of it with its options, a lint rule, lavisc.json",
  )
    .argument("[kind]", describedKinds.join(", "))
    .argument("[name]", "such as blip_caption.base_coco")
    .addOption(
      new Option("--format <format>", "how it is shown")
        .choices(["text", "json", "markdown"])
        .default("text"),
    )
    .action((kind: string | undefined, name: string | undefined, options) => {
      finish(describe(kind, name, options, terminal));
    });

  command("init", "write a new recipe: asks what it is about, unless flags say so")
    .option("--task <task>", "what to train for")
    .option("--model <model>", "the model and its variant: blip_caption.base_coco")
    .option("--dataset <dataset>", "the data")
    .option("-y, --yes", "ask nothing; take the first of each that is not named", false)
    .option("-o, --output <file>", "the file to write, or - for standard output; TASK.lavis unless given")
    .option("--force", "replace the file if it is there", false)
    .action(async (options) => {
      finish(await init(options, terminal));
    });

  command("completion", "print what a shell completes lavisc by: source <(lavisc completion bash)")
    .addArgument(new Argument("<shell>", "the shell").choices(shells))
    .action((shell: string) => {
      finish(completion(shell, program, terminal));
    });

  const engine = command("engine", "install and list the engines that programs compute with");
  engine
    .command("install <engine>")
    .description(
      "install an engine: torch (the fastest) or tfjs-node; or shm, through which processes on one host exchange gradients fastest (comes with either)",
    )
    .option(
      "--from <source>",
      "where its library comes from: a folder, pip, python (torch: one that a Python has installed) or npm (tfjs-node: its own download); tried in that engine's order unless given",
    )
    .option("--cuda", "torch: with CUDA, for NVIDIA GPUs", false)
    .option("--gpu", "tfjs-node: the build for NVIDIA GPUs", false)
    .option("--index-url <url>", "torch: the package index that pip asks")
    .option("--dry-run", "torch, shm: say what would be done, and change nothing", false)
    .option("--force", "install again what is there", false)
    .action(async (name: string, options) => {
      const { installEngine } = await import("./commands/engine.ts");
      finish(await installEngine(name, options, terminal));
    });
  engine
    .command("list")
    .description("list the engines, and which are installed")
    .action(async () => {
      const { listEngines } = await import("./commands/engine.ts");
      finish(await listEngines(terminal));
    });

  command("data", "build data sets that lavis makes itself")
    .command("build <name>")
    .description("build a data set: emoji")
    .option("-o, --output <folder>", "the folder to build; in the cache unless given")
    .option("--image-size <pixels>", "side of the pictures", wholeNumber)
    .action(async (name: string, options) => {
      const { buildData } = await import("./commands/data.ts");
      finish(await buildData(name, options, terminal));
    });

  command(
    "lsp",
    "serve an editor: diagnostics, completion, hover, rename and more (Language Server Protocol)",
  )
    .option("--stdio", "talk over standard input and output, as it does without the flag: editors pass it")
    .addOption(
      new Option("--clientProcessId <id>", "the process of the editor: the server ends with it").hideHelp(),
    )
    .action(async () => {
      const { lsp } = await import("./commands/lsp.ts");
      finish(await lsp());
    });

  command("doctor", "say what is installed, which devices are seen, and what to do about the rest").action(
    async () => {
      const { doctor } = await import("./commands/doctor.ts");
      finish(await doctor(terminal));
    },
  );

  return program;

  function command(name: string, description: string, options?: { readonly isDefault?: boolean }): Command {
    return program.command(name, options).description(description);
  }

  function recipeCommand(
    name: string,
    description: string,
    { files = "<files...>", ...options }: { readonly isDefault?: boolean; readonly files?: string } = {},
  ): Command {
    return recipeFlags(command(name, description, options))
      .argument(files, "recipes, or - for standard input")
      .addOption(formatOption())
      .option("--max-warnings <count>", "fail if there are more warnings", wholeNumber)
      .option(
        "--max-diagnostics <count>",
        "show people this many, errors first, or `all`",
        countOrAll,
        maxShown,
      )
      .option("--quiet", "show errors only", false);
  }
}

/** `--fix` takes no word behind it as its level, which would be the name of a file. */
const withLevel = (word: string): string => (word === "--fix" ? "--fix=safe" : word);

/** The flags of every command that resolves recipes. */
function recipeFlags(command: Command): Command {
  return command
    .option(
      "-p, --param <name=value>",
      "give a parameter a value, which the program then has as its default",
      collect,
      [],
    )
    .option("--set <path=value>", "override an option: --set run.amp=true", collect, [])
    .option("--recipe <name>", "the recipe of the file, where it has several")
    .addOption(stdinFilename());
}

const watchFlag = (command: Command, verb = "check"): Command =>
  command.option("--watch", `${verb} again whenever a file of the recipes changes`, false);

const formatOption = (): Option =>
  new Option("--format <format>", "how diagnostics are shown")
    .choices(Object.keys(reporters))
    .default("pretty");

const importHelp = `
A file that LAVIS could not run is refused with the reason. A recipe resolves to the values of LAVIS's own
configuration, with its defaults; comments stay, and what has no counterpart becomes a FIXME(import) comment.
It exits with 1 if a file was refused or a recipe has an error, unless that is a part that the runtime lacks.`;

const stdinFilename = (): Option =>
  new Option("--stdin-filename <path>", "the name that standard input has in messages, and is relative to");

const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** As many findings as somebody may want to read at once. */
const maxShown = 500;

const countOrAll = (text: string): number => (text === "all" ? Number.POSITIVE_INFINITY : wholeNumber(text));

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

function positive(text: string): number {
  const count = wholeNumber(text);
  if (count === 0) throw new InvalidArgumentError("It must be more than 0.");
  return count;
}

function seconds(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value > 0 && value < Number.POSITIVE_INFINITY))
    throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return value;
}
