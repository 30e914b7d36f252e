package org.tapegrad.kernel;

/**
 * Which elements of a dense array are normalised together. The array is read as [outer, groups,
 * run]; group g consists of its {@code outer} runs of consecutive elements. Instance norm has one
 * group per plane, group norm one per run of channels, batch norm one per channel with a run in
 * every image.
 */
public record PlaneGroups(int outer, int groups, int run) {

  /** The number of elements in one group. */
  public int size() {
    return outer * run;
  }

  /** Where the run of a group within the o-th outer index begins. */
  int offset(int o, int group) {
    return (o * groups + group) * run;
  }

  /** Where the i-th element of a group is. */
  int index(int i, int group) {
    return offset(i / run, group) + i % run;
  }

  /** The same groups of planes of so many elements each. */
  PlaneGroups planes(int plane) {
    return new PlaneGroups(outer, groups, run / plane);
  }

  /** A copy of a single group. */
  PlaneGroups one() {
    return new PlaneGroups(outer, 1, run);
  }
}
