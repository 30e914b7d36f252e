// The page: choosing, stepping, folding, finding, with keys and buttons.

const selectedRow = () => state.group ? rows.findIndex(row => row.group === state.group) : rowOf[state.line];

function chooseRow(r) {
  const row = rows[Math.max(0, Math.min(rows.length - 1, r))];
  state.group = row.group || null;
  state.line = row.group ? state.line : row.line;
  show();
}

function chooseLine(i) {
  state.group = null;
  state.line = i;
  fold(groupsOf(i), false);
}

function go(step) {
  state.step = Math.max(0, Math.min(lastStep, step));
  state.line = lineOf(state.step);
  state.group = null;
  show();
}

function fold(some, folded) {
  const changed = some.filter(group => state.folded.has(group) !== folded);
  changed.forEach(group => folded ? state.folded.add(group) : state.folded.delete(group));
  if (changed.length) {
    layout();
  }
  show();
}

function toggle(group) {
  state.group = group;
  fold([group], !state.folded.has(group));
}

/** Folds all scopes, or unfolds them when all are folded. */
function foldAll() {
  state.group = null;
  fold(groups, groups.some(group => !state.folded.has(group)));
  chooseRow(selectedRow());
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
    show();
  }
}

const matches = (line, query) => [line.text, line.scope || '', badge(line), line.place || ''].some(t => t.toLowerCase().includes(query));

function show() {
  const backwards = state.step >= lossStep;
  document.body.classList.toggle('backwards', backwards);
  $('slider').value = state.step;
  $('slider').setAttribute('aria-valuetext', sentence());
  $('count').textContent = `step ${state.step + 1} of ${lastStep + 1}, ${backwards ? 'backwards' : 'forwards'}`;
  $('sentence').textContent = sentence();
  $('draw').setAttribute('aria-pressed', state.drawn);
  $('fold').textContent = groups.some(group => !state.folded.has(group)) ? 'fold all' : 'unfold all';
  tape.hidden = state.drawn;
  $('graph').hidden = !state.drawn;
  state.drawn ? drawGraph() : scrollList();
  $('details').replaceChildren(...(state.group ? groupDetails(state.group) : lineDetails(state.line)));
}

function scrollList() {
  const top = selectedRow() * ROW;
  if (top < tape.scrollTop || top + ROW > tape.scrollTop + tape.clientHeight) {
    $('rows').style.height = rows.length * ROW + 'px';
    tape.scrollTop = top - tape.clientHeight / 2;
  }
  drawList();
}

function draw() {
  state.drawn = !state.drawn;
  show();
}

const KEYS = {
  ArrowLeft: () => go(state.step - 1), ArrowRight: () => go(state.step + 1), Home: () => go(0), End: () => go(lastStep),
  ArrowUp: () => chooseRow(selectedRow() - 1), ArrowDown: () => chooseRow(selectedRow() + 1),
  l: () => go(lossStep), f: foldAll, g: draw, '/': () => $('search').focus(),
};

document.addEventListener('keydown', e => {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key, area = state.drawn ? $('graph') : tape;
  if (e.target === $('search') && key === 'Enter') {
    find(e.shiftKey ? -1 : 1);
  } else if (e.target === $('search') && key === 'Escape') {
    area.focus();
  } else if (e.target === area && key === 'Enter' && state.group) {
    toggle(state.group);
  } else if (!e.target.matches('input[type=search], select') && KEYS[key] && !e.ctrlKey && !e.metaKey && !e.altKey) {
    e.preventDefault();
    KEYS[key]();
  }
});

$('first').onclick = KEYS.Home;
$('back').onclick = KEYS.ArrowLeft;
$('on').onclick = KEYS.ArrowRight;
$('loss').onclick = KEYS.l;
$('last').onclick = KEYS.End;
$('draw').onclick = draw;
$('fold').onclick = foldAll;
$('fold').hidden = !groups.length;
$('slider').max = lastStep;
$('slider').oninput = e => go(+e.target.value);
$('search').oninput = () => find(0);
tape.onscroll = drawList;
window.onresize = show;

document.title = $('title').textContent = data.title;
$('subtitle').textContent = `${lines.length} lines; the loss is v${data.output}; everything on this page is in this file`;
layout();
state.line = Math.max(0, lines.findIndex(line => !line.inputs.length && badge(line)));
if (/^#\d+$/.test(location.hash)) { // page.html#12 opens at step 12
  go(+location.hash.slice(1) - 1);
} else {
  show();
}
performance.mark('shown');
