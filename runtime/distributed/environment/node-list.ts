import { UserError } from "../../errors.ts";

/**
 * The first host of a list as SLURM writes it: `node[01-03,7],gpu1` gives `node01`; several brackets, as in
 * `rack[0-1]-node[4,5]`, vary independently.
 * @throws UserError where it is none
 */
export function firstHost(list: string): string {
  const first = /^(?:[^,[\]\s]|\[[\d,-]+\])+/.exec(list)?.[0];
  const rest = list.slice(first?.length ?? 0);
  const host = first?.replace(/\[(\d+)(?:-\d+)?(?:,\d+(?:-\d+)?)*\]/g, "$1");
  if (host !== undefined && !/[[\]]/.test(host) && (rest === "" || rest.startsWith(","))) return host;
  throw new UserError(
    `SLURM_STEP_NODELIST is "${list}", which is no list of hosts such as node[01-03,7],gpu1`,
    "set MASTER_ADDR to the host of rank 0",
  );
}

/**
 * How many tasks a host has, of a list as SLURM writes it: `2(x3),1` is 2, 2, 2, 1.
 * @throws UserError where it is none, or has no such host
 */
export function tasksOnNode(list: string, node: number): number {
  let first = 0;
  for (const part of list.split(",")) {
    const [, tasks, hosts = "1"] = /^(\d{1,6})(?:\(x(\d{1,6})\))?$/.exec(part) ?? [];
    if (tasks === undefined) break;
    first += Number(hosts);
    if (node < first) return Number(tasks);
  }
  throw new UserError(
    `SLURM_STEP_TASKS_PER_NODE is "${list}", which does not say how many tasks host ${node} has`,
    "it looks like 2(x3),1 where srun sets it: unset it if something else did",
  );
}
