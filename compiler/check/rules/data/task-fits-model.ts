import { oneOfNames } from "../../../diagnostics/index.ts";
import { isOwnCard } from "../../../own/index.ts";
import type { Rule } from "../../rule.ts";

/** LV3003: a model can do the recipe's task. What a task of the user's own asks of a model, only TypeScript knows. */
export const taskFitsModel: Rule = ({ task, model }, report) => {
  const tasks = model?.card.tasks;
  if (!task || !model || !tasks || isOwnCard(task.card) || tasks.includes(task.card.name)) return;
  const can =
    tasks.length > 0
      ? `It can do ${oneOfNames(tasks, "and")}.`
      : isOwnCard(model.card)
        ? "What its `create` makes writes no captions (`Captioner`), and no tag `@tasks` says what else it can do."
        : "It only gives features or scores to programs; no task trains or evaluates it.";
  const about = [model.header, task.header].filter((place) => place !== undefined);
  report("LV3003", { model: model.card.name, task: task.card.name }, about, { notes: [can] });
};
