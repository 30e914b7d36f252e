// The list of rows with its lanes: only those in sight are in the page.

const tape = $('tape'), ROW = 30; // pixels
const x = lane => 11 + Math.min(lane, LANES - 1) * LANE;
const isHotBelow = (owner, r) => rows[owner].top >= 0 && rowOf[rows[owner].top] > r && hasHanded(rows[owner].top);

function drawList() {
  const from = Math.max(0, Math.floor(tape.scrollTop / ROW) - 5);
  const to = Math.min(rows.length, Math.ceil((tape.scrollTop + tape.clientHeight) / ROW) + 5);
  $('rows').style.height = rows.length * ROW + 'px';
  $('rows').replaceChildren(...rows.slice(from, to).map((row, k) => listRow(row, from + k)));
  const svg = $('lanes');
  svg.setAttribute('width', graphWidth);
  svg.setAttribute('height', (to - from) * ROW);
  svg.style.top = from * ROW + 'px';
  svg.innerHTML = rows.slice(from, to).map((row, k) => lanesAt(row, from + k, k * ROW)).join('');
  tape.setAttribute('aria-activedescendant', 'row' + selectedRow());
}

const path = (d, kind) => `<path class="${kind}" d="${d}"/>`;

function lanesAt(row, r, top) {
  const middle = top + ROW / 2, bottom = top + ROW;
  let s = row.through.map(([lane, owner]) => path(`M${x(lane)} ${top}V${bottom}`, isHotBelow(owner, r) ? 'hot' : 'faint')).join('');
  if (!row.span) {
    return s;
  }
  row.sources.forEach(source => {
    const a = x(rows[source].lane), b = x(row.lane);
    s += path(`M${a} ${top}C${a} ${middle} ${b} ${top} ${b} ${middle}`, isHot(row, source) ? 'hot' : '');
  });
  if (row.ends > r) {
    s += path(`M${x(row.lane)} ${middle}V${bottom}`, isHotBelow(r, r) ? 'hot' : '');
  }
  return s + `<circle class="${nodeClass(row, r)}" cx="${x(row.lane)}" cy="${middle}" r="${row.group ? 6.5 : r === rowOf[lineOf(state.step)] ? 6 : 4.5}"/>`;
}

function listRow(row, r) {
  const depth = row.group ? row.group.depth : scopesOf(lines[row.line]).length;
  const element = h('div', {
    id: 'row' + r, className: 'row', role: 'treeitem', ariaLevel: depth + 1, ariaSelected: r === selectedRow(),
    ariaSetSize: rows.length, ariaPosInSet: r + 1, onclick: () => row.group ? toggle(row.group) : chooseRow(r),
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
  return [h('span', {className: 'call'}, (open ? '▾ ' : '▸ '), h('b', {}, group.name), h('span', {className: 'type'}, ` v${group.first} to v${group.last}`))];
}

function lineRow(i) {
  const line = lines[i], [call, type] = split(line.text), g = gradientNow(i), label = badge(line);
  return [
    h('span', {className: 'call', title: line.text}, h('b', {}, 'v' + i), ' = ', ...marked(call), ' ', h('span', {className: 'type'}, type)),
    label && state.step === lastStep ? h('span', {className: 'badge' + (isCalm(line) ? ' calm' : '')}, label) : '',
    h('span', {className: 'numbers'},
      i <= state.step ? h('span', {className: 'value'}, brief(line.value)) : '',
      g ? h('span', {className: 'gradient'}, ' ∂ ' + brief(g)) : ''),
  ];
}

function marked(text) {
  const query = $('search').value, at = query ? text.toLowerCase().indexOf(query.toLowerCase()) : -1;
  return at < 0 ? [text] : [text.slice(0, at), h('mark', {}, text.slice(at, at + query.length)), text.slice(at + query.length)];
}
