import type { Card } from "../../../../runtime/card.ts";
import { oneOfNames } from "../../../diagnostics/index.ts";
import { isOwnCard } from "../../../own/index.ts";
import type { Rule } from "../../rule.ts";

/** LV3003: a model can do the recipe's task: by what its card says, or for a task of the user's own by its type. */
export const taskFitsModel: Rule = ({ task, model }, report) => {
  if (!task || !model) return;
  const notes = isOwnCard(task.card) ? misfitOf(task.card, model.card) : inabilityOf(model.card, task.card);
  if (!notes) return;
  const about = [model.header, task.header].filter((place) => place !== undefined);
  report("LV3003", { model: model.card.name, task: task.card.name }, about, { notes });
};

function inabilityOf(model: Card, task: Card): readonly string[] | undefined {
  const { tasks } = model;
  if (!tasks || tasks.includes(task.name)) return undefined;
  if (tasks.length > 0) return [`It can do ${oneOfNames(tasks, "and")}.`];
  return isOwnCard(model)
    ? [
        "What its `create` makes writes no captions (`Captioner`), and no tag `@tasks` says what else it can do.",
      ]
    : ["It only gives features or scores to programs; no task trains or evaluates it."];
}

/** What TypeScript says of a model that `validStep` of a task of the user's own cannot take. */
function misfitOf(task: Card, model: Card): readonly string[] | undefined {
  const lines = isOwnCard(task) ? task.own.misfit?.(model) : undefined;
  return lines && ["It is not what `validStep` of the task takes.", ...lines];
}
