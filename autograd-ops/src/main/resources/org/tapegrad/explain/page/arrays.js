// Arrays as numbers with colours, pictures, or what is known of many numbers.

const values = array => array.numbers.map(Number);
const isZero = array => array.numbers ? array.numbers.every(v => Number(v) === 0) : array.zeros === array.size;

function num(v, digits = 5) {
  v = Number(v);
  if (!Number.isFinite(v)) {
    return Number.isNaN(v) ? 'NaN' : v > 0 ? '∞' : '−∞';
  }
  const small = v !== 0 && (Math.abs(v) < 1e-4 || Math.abs(v) >= 1e7);
  const text = small ? v.toExponential(2).replace(/e\+?(-?)(\d+)/, (_, sign, n) => '·10' + (sign && '⁻') + n.replace(/\d/g, d => '⁰¹²³⁴⁵⁶⁷⁸⁹'[d])) : String(Number(v.toPrecision(digits)));
  return text.replaceAll('-', '−');
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

/** A figure of an array; its caption is a text, or texts and elements. */
function figure(said, array, shape, heat) {
  const picture = pictureOf(array, shape), title = h('figcaption', {}, ...[said].flat()), caption = title.textContent;
  return h('figure', {}, title,
    picture ? pictures(picture, heat, caption) : '', picture && picture.of > picture.planes.length ? h('div', {className: 'small'}, `the first ${picture.planes.length} of ${picture.of} planes`) : '',
    array.numbers ? tables(array, shape, caption) : summary(array));
}

/** What may be wider than the page; with the keyboard it can be reached and scrolled. */
const scroller = (name, ...children) => h('div', {className: 'scroll', tabIndex: 0, role: 'group', ariaLabel: name}, ...children);

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
  return scroller(caption,
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

const planesOf = shape => shape.slice(0, -2).reduce((a, b) => a * b, 1);

/** The planes of an image, from its numbers or from the bytes of its summary; null if it is none. */
function pictureOf(array, shape) {
  if (array.picture) {
    const {width, height, planes} = array.picture, unit = (array.max - array.min) / 255;
    return {width, height, of: planesOf(shape), planes: planes.map(p => Array.from(atob(p), c => array.min + unit * c.charCodeAt(0)))};
  }
  const [height, width] = shape.slice(-2), numbers = array.numbers;
  if (!numbers || shape.length < 3 || height < 4 || width < 4) {
    return null;
  }
  const all = values(array);
  return {width, height, of: planesOf(shape), planes: Array.from({length: Math.min(4, planesOf(shape))}, (_, p) => all.slice(p * width * height, (p + 1) * width * height))};
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
