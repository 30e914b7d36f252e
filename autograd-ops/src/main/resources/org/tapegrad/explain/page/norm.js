// Instance norm, worked out for a plane.

const mi = name => `<mi>${name}</mi>`, mo = op => `<mo>${op}</mo>`, mn = value => `<mn>${num(value)}</mn>`;
const at = (name, i) => `<msub>${mi(name)}${mi(i)}</msub>`, xi = at('x', 'i'), xj = at('x', 'j'), gi = at('g', 'i'), gj = at('g', 'j');
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
    scroller('the derivation', h('table', {className: 'derivation'},
      h('thead', {}, h('tr', {}, h('td', {}), ...p.x.map((value, k) => h('th', {scope: 'col'}, h('i', {}, 'x'), h('sub', {}, k + 1), ` = ${num(value)}`)))),
      h('tbody', {},
        row('arrives', gi, p.g), row('direct', gi + mi('γ') + mi('r'), p.direct),
        row('through var', over(d('L'), mo('∂') + variance) + mo('·') + over('<mn>2</mn>' + away(xi), mi('M')), p.throughVar),
        row('through mu', over(d('L'), mo('∂') + mu) + mo('·') + over('<mn>1</mn>', mi('M')), p.throughMu),
        row('together', '', p.together, 'together'), p.kernel ? row('what the kernel returned', '', p.kernel, 'kernel') : ''))),
    p.kernel ? h('p', {className: 'small', id: 'difference'}, `largest difference: ${num(p.difference, 2)}`) : '',
  ];
}
