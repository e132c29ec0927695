import type { NamedFile } from "../named-files.ts";
import { namedFiles, weightsOf } from "../named-files.ts";
import type { Probe } from "../probe.ts";

/** LV6001 to LV6004: files and folders are there, and are those that are meant by their checksums. */
export const filesAreThere: Probe = async (recipe, world, report) => {
  for (const file of [...namedFiles(recipe), ...weightsOf(recipe)]) {
    const { found, expected, canBeFetched } = file;
    const path = world.path(file.path);
    const kind = world.kindOf(path);
    if (kind === undefined) {
      if (!canBeFetched) report("LV6001", { path, key: found.name }, [found], advice(file));
    } else if (expected !== undefined && kind !== expected) {
      report("LV6002", { path, key: found.name, found: kind, expected }, [found]);
    } else if (file.md5) {
      await checkMd5(path, file.md5);
    }

    async function checkMd5(there: string, md5: NonNullable<NamedFile["md5"]>): Promise<void> {
      const wanted = md5.value.kind === "scalar" ? String(md5.value.value).toLowerCase() : "";
      try {
        const digest = await world.md5(there);
        if (digest !== wanted)
          report("LV6003", { path: there, found: digest, expected: wanted }, [md5, found]);
      } catch (error) {
        report("LV6004", { path: there, problem: (error as Error).message }, [found]);
      }
    }
  }
};

/** How to get data that lavis makes itself. */
const advice = ({ path }: NamedFile): readonly string[] =>
  path.startsWith("cache:data/emoji/") ? ["`lavisc data build emoji` makes it."] : [];
