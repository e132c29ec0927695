import { oneOfNames } from "../../../diagnostics/index.ts";
import type { Rule } from "../../rule.ts";

/** LV3003: a model can do the recipe's task. */
export const taskFitsModel: Rule = ({ task, model }, report) => {
  const tasks = model?.card.tasks;
  if (!task || !model || !tasks || tasks.includes(task.card.name)) return;
  const can =
    tasks.length > 0
      ? `It can do ${oneOfNames(tasks, "and")}.`
      : "It only gives features or scores to programs; no task trains or evaluates it.";
  const about = [model.header, task.header].filter((place) => place !== undefined);
  report("LV3003", { model: model.card.name, task: task.card.name }, about, { notes: [can] });
};
