'use strict';
// The tape and its steps. What the page shows is the JSON in the element `data`, which TapeData.java writes.

const $ = id => document.getElementById(id);
const data = JSON.parse($('data').textContent);
const lines = data.lines;
const isLine = input => typeof input === 'number';
const add = (map, key, value) => map.has(key) ? map.get(key).push(value) : map.set(key, [value]);

// A step for each value, one for the loss, then one for each line that hands its gradient on.

const handing = lines.map((_, i) => i).filter(i => lines[i].gradient).reverse();
const turn = new Map(handing.map((line, k) => [line, lines.length + 1 + k]));
const lossStep = lines.length, lastStep = lines.length + handing.length;
const state = {step: lastStep, line: 0, group: null, folded: new Set(), plane: 0, drawn: false};

const lineOf = step => step < lossStep ? step : step === lossStep ? data.output : handing[step - lossStep - 1];
const hasHanded = line => turn.get(line) <= state.step;

const handedBy = new Map(), users = new Map();
lines.forEach((line, i) => {
  line.received.forEach(part => add(handedBy, part.from, {to: i, part}));
  new Set(line.inputs.filter(isLine)).forEach(j => add(users, j, i));
});

/** The gradient of a line at this step: what arrived, added up; null before anything did. */
function gradientNow(i) {
  const line = lines[i], parts = line.received.filter(c => hasHanded(c.from));
  if (!line.received.length) {
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

/** `v3 = slice(v2, axis 0, 1:3) : float64[2]` as call and type. */
function split(text) {
  const start = text.indexOf(' = ') + 3, end = text.lastIndexOf(' : ');
  return [text.slice(start, end), text.slice(end + 3)];
}

const BADGES = {NotUsed: 'none', NoPath: 'none', Detached: 'detached', AfterLoss: 'after', Zeroed: 'zero', Cancels: 'cancels', NotFinite: 'NaN or ∞'};
const badge = line => BADGES[line.why.kind] || '';
const isCalm = line => line.why.kind === 'AfterLoss';

/** An element with properties and children; text is text, never markup. */
function h(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  if (properties.role) {
    element.setAttribute('role', properties.role);
  }
  element.append(...children.filter(c => c !== ''));
  return element;
}
