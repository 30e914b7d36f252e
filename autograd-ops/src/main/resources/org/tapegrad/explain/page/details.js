// What is known of a line.

const SHOWN = 20; // lines in one list
const andMore = list => list.length > SHOWN ? `and ${list.length - SHOWN} more` : '';

function groupDetails(group) {
  const inside = i => group.first <= i && i <= group.last, all = lines.slice(group.first, group.last + 1);
  const taken = new Set(all.flatMap(line => line.inputs.filter(j => isLine(j) && !inside(j))));
  const given = all.map((_, k) => group.first + k).filter(i => (users.get(i) || []).some(j => !inside(j)));
  const list = (text, numbers) => numbers.length ? h('p', {}, text, ...numbers.slice(0, SHOWN).flatMap(i => [link(i), ' ']), andMore(numbers)) : '';
  return [h('h2', {}, group.name), h('p', {}, `${all.length} lines, v${group.first} to v${group.last}`), list('takes ', [...taken]), list('gives ', given),
    foldButton(group)];
}

const foldButton = group => h('button', {onclick: () => toggle(group)}, `${state.folded.has(group) ? 'unfold' : 'fold'} ${group.name}`);

function lineDetails(i) {
  const line = lines[i], [call, type] = split(line.text), shape = shapeOf(type), g = gradientNow(i);
  return [
    h('h2', {}, `v${i} = ${call}`),
    h('div', {className: 'small'}, [type, line.scope, line.place].filter(t => t).join(' · '), ...groupsOf(i).flatMap(group => [' ', foldButton(group)])),
    state.step === lastStep ? h('p', {className: 'why' + (badge(line) && !isCalm(line) ? ' bad' : '')}, ...linked(line.why.text)) : '',
    h('div', {className: 'arrays'},
      i <= state.step ? figure(`value of v${i}`, line.value, shape) : h('p', {className: 'small'}, 'not computed yet at this step'),
      g ? figure(`gradient of v${data.output} with respect to v${i}`, g, shape, true)
        : h('p', {className: 'small'}, state.step < lastStep ? 'no gradient has arrived yet at this step' : 'no gradient arrives')),
    ...receivedDetails(i, shape), ...ruleDetails(i), ...normDetails(i), ...constantDetails(line), ...userDetails(i),
  ];
}

const link = i => h('button', {className: 'link', onclick: () => chooseLine(i)}, 'v' + i);
const linked = text => text.split(/\bv(\d+)\b/).map((part, k) => k % 2 && part < lines.length ? link(+part) : k % 2 ? 'v' + part : part);

/** What arrived and from whom; where several lines handed something on, the sum of all. */
function receivedDetails(i, shape) {
  const parts = lines[i].received, several = parts.length > 1;
  if (!parts.length || state.step < lossStep) {
    return [];
  }
  const part = (c, k) => {
    const from = ['from ', link(c.from), ` = ${lines[c.from].op}`, lines[c.from].inputs.filter(j => j === i).length > 1 ? `, input ${c.slot + 1}` : ''];
    const there = hasHanded(c.from), plus = k ? h('span', {className: 'plus', role: 'img', ariaLabel: 'plus'}, '+') : '';
    return [plus, there && several ? figure(from, c.gradient, shape, true)
      : h('p', {className: there ? '' : 'later-part small'}, ...from, there ? ', all of the gradient' : ': not yet')];
  };
  return [h('h3', {}, several ? `What arrived: the sum of ${parts.length}` : 'What arrived'), h('div', {className: 'arrays'}, ...parts.slice(0, SHOWN).flatMap(part)), andMore(parts)];
}

function userDetails(i) {
  const used = users.get(i) || [];
  return used.length ? [h('p', {className: 'small'}, 'used by ', ...used.slice(0, SHOWN).flatMap(j => [link(j), ' ']), andMore(used))] : [];
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

const isGreek = name => /^[α-ω]/.test(name);

/** An input in a formula: its line, the number in its place, or its name in the rule, which Greek letters keep. */
function operand(line, slot) {
  const input = line.inputs[slot];
  if (isLine(input) && !isGreek(nameOf(line, slot))) {
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
  const named = line.inputs.map((input, slot) => input === null ? nameOf(line, slot) + ' was not given'
    : isLine(input) && isGreek(nameOf(line, slot)) ? `${nameOf(line, slot)} is v${input}` : '').filter(t => t);
  const remarks = [stretched ? 'summed over the axes that broadcasting stretched' : '', ...named,
    rule.gradients.some(f => f.includes('>[<')) ? '[…] is 1 where it holds, else 0' : ''].filter(t => t);
  return [h('h3', {}, 'How it hands its gradient on'), ...formulas,
    ...rule.where.map(w => h('div', {className: 'formula where small'}, 'where ', math(filled(w, i)))),
    remarks.length ? h('p', {className: 'small'}, remarks.join('; ')) : ''];
}
