'use strict';
// The page of a tape. What it shows is the JSON in the element `data`, which TapeData.java writes.

const data = JSON.parse(document.getElementById('data').textContent);
const lines = data.lines;
const $ = id => document.getElementById(id);
const ROW = 30, LANE = 14, LANES = 12; // pixels, pixels, lanes that are drawn apart
const isLine = input => typeof input === 'number';

// Steps: a value each, then the loss, then a line each that hands its gradient on.

const handing = lines.map((_, i) => i).filter(i => lines[i].gradient).reverse();
const turn = new Map(handing.map((line, k) => [line, lines.length + 1 + k]));
const lossStep = lines.length, lastStep = lines.length + handing.length;
const state = {step: lastStep, line: 0, group: null, folded: new Set(), plane: 0};

const lineOf = step => step < lossStep ? step : step === lossStep ? data.output : handing[step - lossStep - 1];
const hasHanded = line => turn.get(line) <= state.step;
const arrived = line => lines[line].received.filter(c => hasHanded(c.from));

/** The gradient of a line at this step: what arrived, added up; null before anything did. */
function gradientNow(i) {
  const line = lines[i], parts = arrived(i);
  if (line.received.length === 0) {
    return line.gradient && state.step >= lossStep ? line.gradient : null;
  }
  if (parts.length === line.received.length) {
    return line.gradient;
  }
  return parts.length ? parts[parts.length - 1].sum || parts[0].gradient : null;
}

function sentence() {
  const i = lineOf(state.step), line = lines[i];
  if (state.step < lossStep) {
    return line.inputs.length ? `v${i} = ${line.op} is computed.` : `v${i}, ${line.op}, is given.`;
  }
  if (state.step === lossStep) {
    return `Now backwards. The loss v${i} changes by 1 when it changes by 1: its gradient is 1.`;
  }
  const to = handedBy.get(i) || [];
  if (!to.length) {
    return line.inputs.length ? `v${i} has nobody to hand its gradient on to.` : `v${i} is a leaf: its gradient is complete.`;
  }
  return `v${i} = ${line.op} hands ` + to.map(({to: j, part}) => {
    const more = lines[j].received.indexOf(part) > 0;
    return `${isZero(part.gradient || lines[j].gradient) ? 'zeros' : 'its gradient'} on to v${j}${more ? ', where it is added to what is there' : ''}`;
  }).join(' and ') + '.';
}

const handedBy = new Map();
lines.forEach((line, j) => line.received.forEach(part => {
  handedBy.set(part.from, [...(handedBy.get(part.from) || []), {to: j, part}]);
}));

const users = new Map();
lines.forEach((line, i) => new Set(line.inputs.filter(isLine)).forEach(j => users.set(j, [...(users.get(j) || []), i])));

// Scopes: a header row each, which can be folded.

const opening = new Map(); // line -> the groups that begin there
(function findGroups() {
  let open = [];
  lines.forEach((line, i) => {
    const parts = line.scope ? line.scope.split('/') : [];
    let same = 0;
    while (same < open.length && open[same].name === parts[same]) {
      same++;
    }
    open = open.slice(0, same);
    const fresh = parts.slice(same).map((name, d) => ({name, depth: same + d, first: i, last: i}));
    opening.set(i, fresh);
    open = open.concat(fresh);
    open.forEach(group => group.last = i);
  });
})();

// Rows: a line or a folded group is a node of the graph, the header of an open group is none.

let rows, rowOf;

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
let graphWidth = 0;

// The list: only the rows in sight are in the page.

const tape = $('tape');
const x = lane => 11 + Math.min(lane, LANES - 1) * LANE;
const isHot = (owner, r) => rows[owner].top >= 0 && rowOf[rows[owner].top] > r && hasHanded(rows[owner].top);

function drawList() {
  const from = Math.max(0, Math.floor(tape.scrollTop / ROW) - 5);
  const to = Math.min(rows.length, Math.ceil((tape.scrollTop + tape.clientHeight) / ROW) + 5);
  $('rows').style.height = rows.length * ROW + 'px';
  $('rows').replaceChildren(...rows.slice(from, to).map((row, k) => listRow(row, from + k)));
  const svg = $('lanes');
  svg.setAttribute('width', graphWidth);
  svg.setAttribute('height', (to - from) * ROW);
  svg.style.top = from * ROW + 'px';
  svg.innerHTML = rows.slice(from, to).map((row, k) => graph(row, from + k, k * ROW)).join('');
  tape.setAttribute('aria-activedescendant', 'row' + selectedRow());
}

function graph(row, r, top) {
  const middle = top + ROW / 2, bottom = top + ROW;
  const path = (d, kind) => `<path class="${kind}" d="${d}"/>`;
  let s = row.through.map(([lane, owner]) => path(`M${x(lane)} ${top}V${bottom}`, isHot(owner, r) ? 'hot' : 'faint')).join('');
  if (!row.span) {
    return s;
  }
  row.sources.forEach(source => {
    const a = x(rows[source].lane), b = x(row.lane);
    const hot = row.gives.has(source) && hasHanded(row.gives.get(source)) ? 'hot' : '';
    s += path(`M${a} ${top}C${a} ${middle} ${b} ${top} ${b} ${middle}`, hot);
  });
  if (row.ends > r) {
    s += path(`M${x(row.lane)} ${middle}V${bottom}`, isHot(r, r) ? 'hot' : '');
  }
  return s + `<circle class="${nodeClass(row, r)}" cx="${x(row.lane)}" cy="${middle}" r="${row.group ? 6.5 : r === rowOf[lineOf(state.step)] ? 6 : 4.5}"/>`;
}

function nodeClass(row, r) {
  const now = lineOf(state.step);
  if (r === rowOf[now]) {
    return state.step < lossStep ? 'now forward' : 'now';
  }
  const receives = state.step > lossStep && (handedBy.get(now) || []).some(h => rowOf[h.to] === r);
  return receives ? 'arrived' : row.group || lines[row.line].inputs.length ? '' : 'leaf';
}

function listRow(row, r) {
  const depth = (row.group ? row.group.depth : (lines[row.line].scope || '').split('/').filter(p => p).length);
  const element = h('div', {
    id: 'row' + r, className: 'row', role: 'treeitem', ariaLevel: depth + 1, ariaSelected: r === selectedRow(),
    ariaSetSize: rows.length, ariaPosInSet: r + 1, onclick: () => chooseRow(r, true),
  }, ...(row.group ? groupRow(row) : lineRow(row.line)));
  if (row.group) {
    element.ariaExpanded = row.open;
  }
  element.style.top = r * ROW + 'px';
  element.style.paddingLeft = graphWidth + 4 + depth * 14 + 'px';
  if (!row.group && row.line > state.step) {
    element.classList.add('later');
  }
  return element;
}

function groupRow({group, open}) {
  return [h('span', {className: 'call'}, (open ? '▾ ' : '▸ '), h('b', {}, group.name),
    h('span', {className: 'type'}, ` v${group.first} to v${group.last}`))];
}

function lineRow(i) {
  const line = lines[i], [call, type] = split(line.text), g = gradientNow(i), [kind, label] = badge(line);
  return [
    h('span', {className: 'call', title: line.text}, h('b', {}, 'v' + i), ' = ', ...marked(call), ' ', h('span', {className: 'type'}, type)),
    label && state.step === lastStep ? h('span', {className: 'badge ' + kind}, label) : '',
    h('span', {className: 'numbers'},
      i <= state.step ? h('span', {className: 'value'}, brief(line.value)) : '',
      g ? h('span', {className: 'gradient'}, ' ∂ ' + brief(g)) : ''),
  ];
}

const BADGES = {
  NotUsed: ['', 'none'], NoPath: ['', 'none'], Detached: ['', 'detached'], AfterLoss: ['calm', 'after'],
  Zeroed: ['', 'zero'], Cancels: ['', 'cancels'], NotFinite: ['', 'NaN or ∞'],
};
const badge = line => BADGES[line.why.kind] || ['', ''];

/** `v3 = slice(v2, axis 0, 1:3) : float64[2]` as call and type. */
function split(text) {
  const start = text.indexOf(' = ') + 3, end = text.lastIndexOf(' : ');
  return [text.slice(start, end), text.slice(end + 3)];
}

function marked(text) {
  const query = $('search').value, at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  return at < 0 ? [text] : [text.slice(0, at), h('mark', {}, text.slice(at, at + query.length)), text.slice(at + query.length)];
}

// Choosing, stepping, folding, finding.

const selectedRow = () => state.group ? rows.findIndex(row => row.group === state.group) : rowOf[state.line];

function chooseRow(r, fold) {
  const row = rows[Math.max(0, Math.min(rows.length - 1, r))];
  if (row.group && fold) {
    toggle(row.group);
    return;
  }
  state.group = row.group || null;
  state.line = row.group ? state.line : row.line;
  show();
}

function chooseLine(i) {
  state.group = null;
  state.line = i;
  const closed = [...state.folded].filter(g => g.first <= i && i <= g.last);
  closed.forEach(g => state.folded.delete(g));
  if (closed.length) {
    layout();
  }
  show();
}

function toggle(group) {
  state.group = group;
  state.folded.has(group) ? state.folded.delete(group) : state.folded.add(group);
  layout();
  show();
}

function go(step) {
  state.step = Math.max(0, Math.min(lastStep, step));
  state.line = lineOf(state.step);
  state.group = null;
  show();
}

function find(direction) {
  const query = $('search').value.toLowerCase();
  const hits = query ? lines.map((_, i) => i).filter(i => matches(lines[i], query)) : [];
  if (hits.length) {
    const next = direction > 0 ? hits.find(i => i > state.line) : direction < 0 ? hits.filter(i => i < state.line).pop() : hits.find(i => i >= state.line);
    chooseLine(next !== undefined ? next : direction < 0 ? hits[hits.length - 1] : hits[0]);
    $('found').textContent = `${hits.indexOf(state.line) + 1} of ${hits.length}`;
  } else {
    $('found').textContent = query ? 'none' : '';
    drawList();
  }
}

const matches = (line, query) => [line.text, line.scope, badge(line)[1], line.place || ''].some(t => t.toLowerCase().includes(query));

function show() {
  const backwards = state.step >= lossStep;
  document.body.classList.toggle('backwards', backwards);
  $('slider').value = state.step;
  $('slider').setAttribute('aria-valuetext', sentence());
  $('count').textContent = `step ${state.step + 1} of ${lastStep + 1}, ${backwards ? 'backwards' : 'forwards'}`;
  $('sentence').textContent = sentence();
  const top = selectedRow() * ROW;
  if (top < tape.scrollTop || top + ROW > tape.scrollTop + tape.clientHeight) {
    tape.scrollTop = top - tape.clientHeight / 2;
  }
  drawList();
  $('details').replaceChildren(...(state.group ? groupDetails(state.group) : lineDetails(state.line)));
}

// Arrays: numbers with colours, pictures, or what is known of many numbers.

const values = array => array.numbers.map(Number);
const isZero = array => array.numbers ? array.numbers.every(v => Number(v) === 0) : array.zeros === array.size;

function num(v, digits = 5) {
  v = Number(v);
  if (!Number.isFinite(v)) {
    return Number.isNaN(v) ? 'NaN' : v > 0 ? '∞' : '−∞';
  }
  const small = v !== 0 && (Math.abs(v) < 1e-4 || Math.abs(v) >= 1e7);
  return (small ? v.toExponential(2).replace('e', '·10^').replace('+', '') : String(Number(v.toPrecision(digits)))).replaceAll('-', '−');
}

function brief(array) {
  if (!array.numbers) {
    return '‖·‖ ' + num(array.norm, 4);
  }
  return array.numbers.slice(0, 3).map(v => num(v, 3)).join(', ') + (array.numbers.length > 3 ? ', …' : '');
}

const shapeOf = text => (/\[([\d, ]*)\]$/.exec(text)[1].match(/\d+/g) || []).map(Number);

function tint(v, largest) {
  const part = Number.isFinite(v) ? Math.abs(v) / (largest || 1) : 1;
  return `rgba(var(${v < 0 ? '--minus' : '--plus'}), ${v === 0 ? 0 : (0.1 + 0.35 * part).toFixed(2)})`;
}

const largestOf = numbers => numbers.reduce((m, v) => Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m, 0);

function figure(caption, array, shape, heat) {
  const picture = pictureOf(array, shape);
  return h('figure', {}, h('figcaption', {}, caption),
    picture ? pictures(picture, heat, caption) : '',
    array.numbers ? tables(array, shape, caption) : summary(array));
}

function tables(array, shape, caption) {
  const numbers = values(array), largest = largestOf(numbers);
  const columns = shape.length ? shape[shape.length - 1] : 1, height = shape.length > 1 ? shape[shape.length - 2] : 1;
  const planes = columns * height ? numbers.length / columns / height : 0;
  const cell = v => {
    const td = h('td', {}, num(v));
    td.style.background = tint(v, largest);
    return td;
  };
  const plane = p => h('table', {}, ...Array.from({length: height}, (_, r) =>
    h('tr', {}, ...numbers.slice((p * height + r) * columns, (p * height + r + 1) * columns).map(cell))));
  return h('div', {className: 'scroll', tabIndex: 0, role: 'group', ariaLabel: caption},
    ...Array.from({length: planes}, (_, p) => p).flatMap(p => [planes > 1 ? h('div', {className: 'small'}, indexOf(p, shape)) : '', plane(p)]));
}

function indexOf(p, shape) {
  const at = [];
  for (let d = shape.length - 3; d >= 0; d--) {
    at.unshift(p % shape[d]);
    p = Math.floor(p / shape[d]);
  }
  return `[${at.join(', ')}, :, :]`;
}

function summary(a) {
  const rest = [a.zeros ? `${a.zeros} zeros` : '', a.notFinite ? `${a.notFinite} not finite` : ''].filter(t => t).map(t => ', ' + t).join('');
  return h('div', {}, `${a.size} numbers, from ${num(a.min)} to ${num(a.max)}, mean ${num(a.mean)}, norm ${num(a.norm)}${rest}`);
}

/** The planes of an image, from its numbers or from the bytes of its summary; null if it is none. */
function pictureOf(array, shape) {
  if (array.picture) {
    const {width, height, planes} = array.picture, unit = (array.max - array.min) / 255;
    return {width, height, planes: planes.map(p => Array.from(atob(p), c => array.min + unit * c.charCodeAt(0)))};
  }
  const [height, width] = shape.slice(-2), numbers = array.numbers;
  if (!numbers || shape.length < 3 || height < 4 || width < 4) {
    return null;
  }
  const all = values(array);
  return {width, height, planes: Array.from({length: Math.min(4, all.length / width / height)}, (_, p) => all.slice(p * width * height, (p + 1) * width * height))};
}

/** Three planes of values are one picture in colour, others are grey; gradients are heat maps. */
function pictures({width, height, planes}, heat, caption) {
  const numbers = planes.flat(), low = numbers.reduce((a, b) => Math.min(a, b), Infinity), high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const level = v => 255 * (v - low) / (high - low || 1), largest = largestOf(numbers) || 1;
  const warm = v => v < 0 ? [219, 115, 30, 255 * -v / largest] : [37, 118, 212, 255 * v / largest];
  const draw = pixel => {
    const canvas = h('canvas', {width, height, role: 'img', ariaLabel: caption + ', as a picture'});
    const image = canvas.getContext('2d').createImageData(width, height);
    for (let k = 0; k < width * height; k++) {
      image.data.set(pixel(k), 4 * k);
    }
    canvas.getContext('2d').putImageData(image, 0, 0);
    canvas.style.width = Math.max(1, Math.floor(160 / Math.max(width, height))) * width + 'px';
    return canvas;
  };
  const drawn = heat ? planes.map(p => draw(k => warm(p[k])))
    : planes.length === 3 ? [draw(k => [...planes.map(p => level(p[k])), 255])]
    : planes.map(p => draw(k => [level(p[k]), level(p[k]), level(p[k]), 255]));
  return h('div', {}, ...drawn);
}

// What is known of a line.

function groupDetails(group) {
  const folded = state.folded.has(group);
  return [h('h2', {}, group.name), h('p', {}, `${group.last - group.first + 1} lines, v${group.first} to v${group.last}. `),
    h('button', {onclick: () => toggle(group)}, folded ? 'unfold' : 'fold')];
}

function lineDetails(i) {
  const line = lines[i], [call, type] = split(line.text), shape = shapeOf(type), g = gradientNow(i);
  return [
    h('h2', {}, `v${i} = ${call}`),
    h('div', {className: 'small'}, [type, line.scope, line.place].filter(t => t).join(' · ')),
    state.step === lastStep ? h('p', {className: 'why' + (badge(line)[1] && badge(line)[0] !== 'calm' ? ' bad' : '')}, line.why.text, ...whereItHappened(line)) : '',
    h('div', {className: 'arrays'},
      i <= state.step ? figure(`value of v${i}`, line.value, shape) : h('p', {className: 'small'}, 'not computed yet at this step'),
      g ? figure(`gradient of v${data.output} with respect to v${i}`, g, shape, true)
        : h('p', {className: 'small'}, state.step < lastStep ? 'no gradient has arrived yet at this step' : 'no gradient arrives')),
    ...receivedDetails(i, shape), ...ruleDetails(i), ...normDetails(i), ...constantDetails(line), ...userDetails(i),
  ];
}

const link = i => h('button', {className: 'link', onclick: () => chooseLine(i)}, 'v' + i);
const whereItHappened = line => line.why.line === undefined ? [] : [' ', link(line.why.line)];

function receivedDetails(i, shape) {
  const parts = lines[i].received;
  if (!parts.length || state.step < lossStep) {
    return [];
  }
  const part = (c, k) => {
    const there = hasHanded(c.from), from = `from v${c.from} = ${lines[c.from].op}${slots(c.from, i) > 1 ? ', input ' + (c.slot + 1) : ''}`;
    return [k ? h('span', {className: 'plus', ariaLabel: 'plus'}, '+') : '',
      there ? figure(from, c.gradient || lines[i].gradient, shape, true) : h('p', {className: 'small later-part'}, from + ': not yet'), link(c.from)];
  };
  return [h('h3', {}, parts.length > 1 ? `What arrived: the sum of ${parts.length}` : 'What arrived'), h('div', {className: 'arrays'}, ...parts.flatMap(part))];
}
const slots = (from, to) => lines[from].inputs.filter(j => j === to).length;

function userDetails(i) {
  const used = users.get(i) || [];
  return used.length ? [h('p', {className: 'small'}, 'used by ', ...used.slice(0, 20).flatMap(j => [link(j), ' ']), used.length > 20 ? `and ${used.length - 20} more` : '')] : [];
}

function constantDetails(line) {
  const seen = line.inputs.map((input, slot) => [input, slot]).filter(([input]) => input && !isLine(input));
  return seen.length ? [h('h3', {}, 'Constants'), ...seen.map(([input, slot]) => {
    const {type, value} = data.constants[input.constant];
    return figure(`${nameOf(line, slot)}, ${type}`, value, shapeOf(type));
  })] : [];
}

// Rules, in MathML.

const math = inner => h('span', {innerHTML: `<math>${inner}</math>`});
const index = (base, i) => `<msub>${base}<mn>${i}</mn></msub>`;
const v = i => index('<mi>v</mi>', i);
const bar = i => index('<mover accent="true"><mi>v</mi><mo stretchy="false">¯</mo></mover>', i);

function nameOf(line, slot) {
  const names = data.rules[line.op] ? data.rules[line.op].inputs : [];
  return names[Math.min(slot, names.length - 1)] || `input ${slot + 1}`;
}

/** An input in a formula: its line, the number in its place, or its name in the rule. */
function operand(line, slot) {
  const input = line.inputs[slot];
  if (isLine(input)) {
    return v(input);
  }
  return !input && line.number !== undefined ? `<mn>${num(line.number)}</mn>` : `<mi>${nameOf(line, slot)}</mi>`;
}

const filled = (template, i) => template.replace(/\{(\w)\}/g, (_, s) => s === 'y' ? v(i) : s === 'g' ? bar(i) : operand(lines[i], +s));

function ruleDetails(i) {
  const line = lines[i], rule = data.rules[line.op];
  if (!line.inputs.length) {
    return [];
  }
  if (!rule) {
    return [h('h3', {}, 'How it hands its gradient on'), h('p', {}, `${line.op} is an operation of your own; what it handed on stands with its inputs.`)];
  }
  const formulas = line.inputs.map((input, slot) => isLine(input)
    ? h('div', {className: 'formula'}, math(`${bar(input)}<mo>+=</mo>${filled(rule.gradients[Math.min(slot, rule.gradients.length - 1)], i)}`)) : '');
  const stretched = rule.broadcasts && line.inputs.some(j => isLine(j) && split(lines[j].text)[1] !== split(line.text)[1]);
  const missing = line.inputs.map((input, slot) => input === null ? nameOf(line, slot) + ' was not given' : '').filter(t => t);
  const remarks = [stretched ? 'summed over the axes that broadcasting stretched' : '', ...missing,
    rule.gradients.some(f => f.includes('>[<')) ? '[…] is 1 where it holds, else 0' : ''].filter(t => t);
  return [h('h3', {}, 'How it hands its gradient on'), ...formulas,
    ...rule.where.map(w => h('div', {className: 'formula where small'}, 'where ', math(filled(w, i)))),
    remarks.length ? h('p', {className: 'small'}, remarks.join('; ')) : ''];
}

// Instance norm, worked out for a plane.

const mi = name => `<mi>${name}</mi>`, mo = op => `<mo>${op}</mo>`, mn = value => `<mn>${num(value)}</mn>`;
const xi = index(mi('x'), '<!---->').replace('<mn><!----></mn>', mi('i')), xj = xi.replace('<mi>i</mi>', mi('j'));
const gi = xi.replace('<mi>x</mi>', mi('g')), gj = xj.replace('<mi>x</mi>', mi('g'));
const over = (a, b) => `<mfrac><mrow>${a}</mrow><mrow>${b}</mrow></mfrac>`, d = name => mo('∂') + mi(name);
const mu = mi('μ'), variance = `<msup>${mi('σ')}<mn>2</mn></msup>`, away = j => `<mrow>${mo('(')}${j}${mo('−')}${mu}${mo(')')}</mrow>`;
const equation = inner => h('div', {className: 'formula'}, math(inner));

function normDetails(i) {
  const planes = data.norms[i];
  if (!planes || !gradientNow(i)) {
    return [];
  }
  const p = planes[state.plane] || planes[0];
  const choice = h('select', {ariaLabel: 'plane', onchange: e => {
    state.plane = +e.target.value;
    show();
    document.querySelector('#details select').focus();
  }}, ...planes.map((q, k) => h('option', {value: k, selected: q === p}, `n = ${q.n}, c = ${q.c}`)));
  const all = p.x.length <= 8 && p.x.length === p.size;
  const sum = p.x.map((value, k) => (k && value >= 0 ? mo('+') : '') + mn(value)).join('');
  const root = inner => over('<mn>1</mn>', `<msqrt>${inner}</msqrt>`);
  const row = (name, formula, numbers, kind) => h('tr', {className: kind || ''}, h('th', {scope: 'row'}, name, formula ? math(formula) : ''),
    ...numbers.map(value => h('td', {}, num(value, 6))));
  return [
    h('h3', {}, 'Worked out for the plane ', choice),
    equation(mu + mo('=') + over('<mn>1</mn>', mi('M')) + mo('∑') + xj + mo('=') + (all ? over(sum, mn(p.size)) + mo('=') : '') + mn(p.mean)),
    equation(variance + mo('=') + over('<mn>1</mn>', mi('M')) + mo('∑') + `<msup>${away(xj)}<mn>2</mn></msup>` + mo('=') + mn(p.variance)),
    equation(mi('r') + mo('=') + root(variance + mo('+') + mi('ε')) + mo('=') + root(mn(p.variance) + mo('+') + mn(p.eps)) + mo('=') + mn(p.r) + mo(',') + mi('γ') + mo('=') + mn(p.gamma)),
    h('p', {}, 'Two sums over the plane are all that the way back needs:'),
    equation(mo('∑') + gj + mo('=') + mn(p.sumG) + mo(',') + '<mspace width="1em"/>' + mo('∑') + gj + away(xj) + mo('=') + mn(p.sumGDeviation)),
    h('p', {}, `Every x acts on the loss in three ways. Together they are its gradient${p.x.length < p.size ? `; here the first ${p.x.length} of ${p.size}` : ''}:`),
    h('div', {className: 'scroll', tabIndex: 0, role: 'group', ariaLabel: 'the derivation'}, h('table', {className: 'derivation'},
      h('thead', {}, h('tr', {}, h('td', {}), ...p.x.map((value, k) => h('th', {scope: 'col'}, math(index(mi('x'), k + 1) + mo('=') + mn(value)))))),
      h('tbody', {},
        row('arrives', gi, p.g), row('direct', gi + mi('γ') + mi('r'), p.direct),
        row('through var', over(d('L'), mo('∂') + variance) + mo('·') + over('<mn>2</mn>' + away(xi), mi('M')), p.throughVar),
        row('through mu', over(d('L'), mo('∂') + mu) + mo('·') + over('<mn>1</mn>', mi('M')), p.throughMu),
        row('together', '', p.together, 'together'), p.kernel ? row('what the kernel returned', '', p.kernel, 'kernel') : ''))),
    p.kernel ? h('p', {className: 'small', id: 'difference'}, `largest difference: ${num(p.difference, 2)}`) : '',
  ];
}

// The page.

/** An element with properties and children; text is text, never markup. */
function h(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (properties.role) {
    element.setAttribute('role', properties.role);
  }
  element.append(...children.filter(c => c !== ''));
  return element;
}

const KEYS = {
  ArrowLeft: () => go(state.step - 1), ArrowRight: () => go(state.step + 1), Home: () => go(0), End: () => go(lastStep),
  l: () => go(lossStep), L: () => go(lossStep), '/': () => $('search').focus(),
  ArrowUp: () => chooseRow(selectedRow() - 1), ArrowDown: () => chooseRow(selectedRow() + 1),
};

document.addEventListener('keydown', e => {
  const typing = e.target.matches('input[type=search], select');
  if (e.target === $('search') && e.key === 'Enter') {
    find(e.shiftKey ? -1 : 1);
  } else if (e.target === $('search') && e.key === 'Escape') {
    tape.focus();
  } else if (e.target === tape && e.key === 'Enter' && state.group) {
    toggle(state.group);
  } else if (!typing && KEYS[e.key] && !e.ctrlKey && !e.metaKey && !e.altKey) {
    e.preventDefault();
    KEYS[e.key]();
  }
});

$('first').onclick = KEYS.Home;
$('back').onclick = KEYS.ArrowLeft;
$('on').onclick = KEYS.ArrowRight;
$('loss').onclick = KEYS.L;
$('last').onclick = KEYS.End;
$('slider').max = lastStep;
$('slider').oninput = e => go(+e.target.value);
$('search').oninput = () => find(0);
tape.onscroll = drawList;
window.onresize = drawList;

document.title = data.title;
$('title').textContent = data.title;
$('subtitle').textContent = `${lines.length} lines; the loss is v${data.output}; everything on this page is in this file`;
layout();
const doubtful = lines.findIndex(line => !line.inputs.length && badge(line)[1]);
state.line = Math.max(0, doubtful);
if (/^#\d+$/.test(location.hash)) { // page.html#12 opens at step 12
  go(+location.hash.slice(1) - 1);
} else {
  show();
}
