// The graph as a drawing in layers, as Sugiyama has it: each node below all that it takes; nodes of a layer in an order
// with few crossings; then moved towards their neighbours. Every pass is run a fixed number of times, so no graph is slow.

const BOXES = 300, ARROWS = 1000;
const HEIGHT = 40, PITCH = 74, GAP = 22, LEAF = 0.05; // pixels, and what a leaf weighs, so that results run straight down
let drawing = null;

function drawGraph() {
  const boxes = rows.filter(row => row.span).length, arrows = rows.reduce((n, row) => n + row.sources.size, 0), area = $('graph');
  if (boxes > BOXES || arrows > ARROWS) {
    const canFold = groups.some(g => !state.folded.has(g));
    area.replaceChildren(h('p', {}, `${boxes} boxes and ${arrows} lines between them are too many for a drawing, which shows ${BOXES} and ${ARROWS}: fold first. `,
      canFold ? h('button', {onclick: foldAll}, 'fold all scopes') : 'Lines are grouped by tape.scope(name).'));
    return;
  }
  const fresh = !drawing;
  drawing = drawing || arrange();
  area.innerHTML = svgOf(drawing);
  area.querySelectorAll('g').forEach(g => {
    g.onclick = () => chooseRow(+g.dataset.row);
    g.ondblclick = () => rows[g.dataset.row].group && toggle(rows[g.dataset.row].group);
  });
  const chosen = drawing.boxes.get(selectedRow());
  if (chosen && (fresh || chosen.y < area.scrollTop || chosen.y + HEIGHT > area.scrollTop + area.clientHeight
      || chosen.x < area.scrollLeft || chosen.x > area.scrollLeft + area.clientWidth)) {
    area.scrollTo(chosen.x - area.clientWidth / 2, chosen.y - area.clientHeight / 2);
  }
}

const boxText = row => row.group ? [`▸ ${row.group.name}`, `v${row.span[0]} to v${row.span[1]}`]
  : [`v${row.line} ${lines[row.line].op}`, split(lines[row.line].text)[1]];

/** Boxes with places, and for each a trunk: a point in every layer down to the last that uses it. */
function arrange() {
  const boxes = new Map(), layers = [];
  rows.forEach((row, r) => {
    if (row.span) {
      const text = boxText(row).map(t => t.length > 30 ? t.slice(0, 29) + '…' : t);
      const above = [...row.sources].map(s => boxes.get(s));
      boxes.set(r, {r, text, above, below: [], layer: Math.max(-1, ...above.map(b => b.layer)) + 1, width: 7.7 * Math.max(...text.map(t => t.length)) + 18, weight: above.length ? 1 : LEAF});
      above.forEach(b => b.below.push(boxes.get(r)));
    }
  });
  for (const b of boxes.values()) { // what takes nothing stands just above what takes it
    b.layer = b.above.length || !b.below.length ? b.layer : Math.min(...b.below.map(c => c.layer)) - 1;
  }
  for (const b of boxes.values()) {
    b.trunk = [b];
    for (let layer = b.layer + 1; layer < Math.max(...b.below.map(c => c.layer)); layer++) {
      b.trunk.push({layer, width: 0, weight: 4, r: b.r});
    }
    b.trunk.forEach(p => (layers[p.layer] = layers[p.layer] || []).push(p));
    b.trunk.forEach((p, k) => p.next = [b.trunk[k + 1], ...b.below.filter(c => c.layer === p.layer + 1)].filter(n => n));
  }
  layers.forEach(layer => layer.forEach(p => p.previous = []));
  layers.forEach(layer => layer.forEach(p => p.next.forEach(n => n.previous.push(p))));
  order(layers);
  place(layers);
  const left = Math.min(...layers.flat().map(p => p.x - p.width / 2)) - 12;
  layers.flat().forEach(p => Object.assign(p, {x: p.x - left, y: 12 + p.layer * PITCH}));
  return {boxes, width: Math.max(...layers.flat().map(p => p.x + p.width / 2)) + 12, height: layers.length * PITCH};
}

const sum = (points, of) => points.reduce((total, p) => total + of(p), 0);
const mean = points => sum(points, p => p.weight * p.x) / sum(points, p => p.weight);

/** Each layer in the order of the means of its neighbours' places, downwards and upwards in turn. */
function order(layers) {
  layers.forEach(layer => layer.forEach((p, k) => p.x = k - layer.length / 2));
  for (let pass = 0; pass < 8; pass++) {
    const side = pass % 2 ? 'next' : 'previous';
    (pass % 2 ? layers.slice().reverse() : layers).forEach(layer => {
      layer.forEach(p => p.key = p[side].length ? mean(p[side]) : p.x);
      layer.sort((a, b) => a.key - b.key);
      layer.forEach((p, k) => p.x = k - layer.length / 2);
    });
  }
}

/** Each layer as near to its neighbours, in the sense of least squares, as the boxes' widths allow. */
function place(layers) {
  layers.forEach(layer => layer.forEach((p, k) => p.offset = k ? layer[k - 1].offset + (layer[k - 1].width + p.width) / 2 + GAP : 0));
  layers.forEach(layer => layer.forEach(p => p.x = p.offset - layer[layer.length - 1].offset / 2));
  for (let pass = 0; pass < 30; pass++) {
    (pass % 2 ? layers.slice().reverse() : layers).forEach(layer => {
      const blocks = []; // of points that touch, each with the mean of where its points want to be
      layer.forEach(p => {
        const near = [...p.previous, ...p.next];
        let block = {sum: p.weight * ((near.length ? mean(near) : p.x) - p.offset), weight: p.weight, points: [p]};
        while (blocks.length && blocks[blocks.length - 1].sum / blocks[blocks.length - 1].weight > block.sum / block.weight) {
          const last = blocks.pop();
          block = {sum: last.sum + block.sum, weight: last.weight + block.weight, points: last.points.concat(block.points)};
        }
        blocks.push(block);
      });
      blocks.forEach(b => b.points.forEach(p => p.x = b.sum / b.weight + p.offset));
    });
  }
}

const escaped = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt()};`);

function svgOf({boxes, width, height}) {
  const all = [...boxes.values()], curve = (p, n) => {
    const top = p.y + (p.width ? HEIGHT : 0), middle = (top + n.y) / 2;
    return `M${p.x} ${p.y}V${top}C${p.x} ${middle} ${n.x} ${middle} ${n.x} ${n.y}`;
  };
  const edges = all.flatMap(b => {
    const hot = b.below.filter(c => isHot(rows[c.r], b.r)), last = Math.max(-1, ...hot.map(c => c.layer));
    return [...b.trunk.slice(1).map((p, k) => path(curve(b.trunk[k], p), p.layer < last ? 'hot' : '')),
      ...b.below.map(c => path(curve(b.trunk[c.layer - b.layer - 1], c), hot.includes(c) ? 'hot' : ''))];
  });
  const box = b => `<g data-row="${b.r}" class="${nodeClass(rows[b.r], b.r)}${b.r === selectedRow() ? ' chosen' : ''}">
    <rect x="${b.x - b.width / 2}" y="${b.y}" width="${b.width}" height="${HEIGHT}" rx="${rows[b.r].sources.size ? 5 : 18}"/>
    <text x="${b.x}" y="${b.y + 17}">${escaped(b.text[0])}</text><text class="type" x="${b.x}" y="${b.y + 33}">${escaped(b.text[1])}</text></g>`;
  return `<svg width="${width}" height="${height}" role="img" aria-label="the graph, ${all.length} boxes; the list has the same lines">
    ${edges.sort((a, b) => a.includes('hot') - b.includes('hot')).join('')}${all.map(box).join('')}</svg>`;
}
