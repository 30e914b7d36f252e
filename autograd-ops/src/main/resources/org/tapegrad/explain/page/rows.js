// Scopes have a header row each and can be folded. A line or a folded scope is a node of the graph; the header of an
// open scope is none.

const scopesOf = line => line.scope ? line.scope.split('/') : [];
const opening = new Map(), groups = []; // by the line where they begin; all of them
(function findGroups() {
  let open = [];
  lines.forEach((line, i) => {
    const parts = scopesOf(line);
    let same = 0;
    while (same < open.length && open[same].name === parts[same]) {
      same++;
    }
    const fresh = parts.slice(same).map((name, d) => ({name, depth: same + d, first: i, last: i}));
    opening.set(i, fresh);
    groups.push(...fresh);
    open = open.slice(0, same).concat(fresh);
    open.forEach(group => group.last = i);
  });
})();

const groupsOf = i => groups.filter(g => g.first <= i && i <= g.last);

let rows, rowOf, graphWidth;

function layout() {
  rows = [];
  rowOf = new Array(lines.length);
  for (let i = 0; i < lines.length;) {
    let folded = null;
    for (const group of opening.get(i)) {
      rows.push({group, open: !state.folded.has(group)});
      if (state.folded.has(group)) {
        folded = group;
        break;
      }
    }
    const last = folded ? folded.last : i;
    if (!folded) {
      rows.push({line: i});
    }
    rows[rows.length - 1].span = [i, last];
    rowOf.fill(rows.length - 1, i, last + 1);
    i = last + 1;
  }
  connect();
  assignLanes();
  drawing = null;
}

/** Where each row takes its inputs from, and from which lines these got gradients of it. */
function connect() {
  rows.forEach(row => Object.assign(row, {sources: new Set(), gives: new Map(), top: -1}));
  lines.forEach((line, i) => {
    line.inputs.filter(j => isLine(j) && rowOf[j] !== rowOf[i]).forEach(j => rows[rowOf[i]].sources.add(rowOf[j]));
    line.received.filter(c => rowOf[c.from] !== rowOf[i]).forEach(c => {
      const target = rows[rowOf[i]], gives = rows[rowOf[c.from]].gives;
      target.top = Math.max(target.top, c.from);
      gives.set(rowOf[i], Math.max(gives.get(rowOf[i]) || 0, c.from));
    });
  });
}

/** Whether a row has handed a gradient on to one that it takes its input from. */
const isHot = (row, source) => row.gives.has(source) && hasHanded(row.gives.get(source));

const LANE = 14, LANES = 12; // pixels, and how many are drawn apart

/** A row keeps its lane until its last use; one whose input ends there takes over its lane. */
function assignLanes() {
  const end = new Array(rows.length).fill(-1), lanes = [];
  rows.forEach((row, r) => row.sources.forEach(s => end[s] = r));
  let width = 1;
  rows.forEach((row, r) => {
    row.ends = end[r];
    if (row.span) {
      const ending = [...row.sources].filter(s => end[s] === r).map(s => rows[s].lane);
      ending.forEach(lane => lanes[lane] = undefined);
      const free = lanes.findIndex(owner => owner === undefined);
      row.lane = ending.length ? Math.min(...ending) : free < 0 ? lanes.length : free;
    }
    row.through = lanes.slice(0, LANES).map((owner, lane) => [lane, owner]).filter(([, owner]) => owner !== undefined);
    if (row.span) {
      lanes[row.lane] = end[r] > r ? r : undefined;
      width = Math.max(width, Math.min(row.lane + 1, LANES));
    }
  });
  graphWidth = width * LANE + 10;
}

/** How a node is drawn: the one of this step, one that receives a gradient now, or another. */
function nodeClass(row, r) {
  const now = lineOf(state.step);
  if (r === rowOf[now]) {
    return state.step < lossStep ? 'now forward' : 'now';
  }
  const receives = state.step > lossStep && (handedBy.get(now) || []).some(h => rowOf[h.to] === r);
  return receives ? 'arrived' : row.group || lines[row.line].inputs.length ? '' : 'leaf';
}
