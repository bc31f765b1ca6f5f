/* Elements of the page. */

const SVG = 'http://www.w3.org/2000/svg';

/** An element: attributes by name, listeners by onEVENT, children as nodes or texts; what is null or false is left out. */
export function h(name, attributes = {}, ...children) {
  return dressed(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return dressed(document.createElementNS(SVG, name), attributes, children);
}

function dressed(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Changes an element's text, where it is another. */
export function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

let numbers = 0;

/** An identifier that no other element has. */
export function unique(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}

/** A field with its label above, and a hint below it. */
export function field(label, control, hint) {
  control.id ||= unique('field');
  const about = hint ? h('p', { class: 'hint', id: `${control.id}-hint` }, hint) : null;
  if (about) {
    control.setAttribute('aria-describedby', about.id);
  }
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, about);
}

/** A button that puts a text into the clipboard. */
export function copyButton(text) {
  const button = h('button', { type: 'button', class: 'quiet', onclick: copy }, 'Copy');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
      say(button, 'Copied');
    } catch {
      say(button, 'The browser refused');
    }
    setTimeout(() => say(button, 'Copy'), 2000);
  }
  return button;
}
