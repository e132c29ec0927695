/** Element `index` of a list. @throws RangeError beyond its ends: a mistake of ours */
export function elementOf<T extends object | string>(list: readonly T[], index: number): T {
  const element = list[index];
  if (element === undefined) throw new RangeError(`element ${index} of a list of ${list.length}`);
  return element;
}
