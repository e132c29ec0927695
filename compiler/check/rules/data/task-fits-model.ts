import { oneOfNames } from "../../../diagnostics/index.ts";
import type { Rule } from "../../rule.ts";

/** LV3003: a model can do the recipe's task. */
export const taskFitsModel: Rule = ({ task, model }, report) => {
  const tasks = model?.card.tasks;
  if (!task || !model || !tasks || tasks.includes(task.card.name)) return;
  const names = { model: model.card.name, task: task.card.name, tasks: oneOfNames(tasks, "and") };
  report(
    "LV3003",
    names,
    [model.header, task.header].filter((place) => place !== undefined),
  );
};
