/* CSV, as much of it as a chart needs: the server reads it by its own rules. */

const SEPARATORS = [',', ';', '\t', '|'];

/** The header's names and the rows of cells of a CSV text. */
export function readCsv(text) {
  const rows = [];
  let row = [];
  let cell = '';
  let quoted = false;
  const times = (each) => text.split('\n', 1)[0].split(each).length;
  const separator = SEPARATORS.reduce((best, each) => times(each) > times(best) ? each : best);
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (quoted) {
      if (letter === '"' && text[i + 1] === '"') {
        cell += letter;
        i += 1;
      } else if (letter === '"') {
        quoted = false;
      } else {
        cell += letter;
      }
    } else if (letter === '"') {
      quoted = true;
    } else if (letter === separator || letter === '\n') {
      row.push(cell.trim());
      cell = '';
      if (letter === '\n') {
        rows.push(row);
        row = [];
      }
    } else {
      cell += letter;
    }
  }
  if (cell.trim() || row.length) {
    rows.push([...row, cell.trim()]);
  }
  const [names = [], ...cells] = rows.filter((each) => each.some((value) => value !== ''));
  return { names, rows: cells };
}

/** The numbers of a column; null where there is none. */
export function column({ names, rows }, name) {
  const at = names.indexOf(name);
  return at < 0 ? [] : rows.map((row) => row[at] === undefined || row[at] === '' || Number.isNaN(Number(row[at])) ? null : Number(row[at]));
}

/** The texts of columns, those of a row joined by a space; empty where one is not there. */
export function texts({ names, rows }, columns) {
  const at = columns.map((name) => names.indexOf(name));
  return at.length === 0 || at.includes(-1) ? [] : rows.map((row) => at.map((i) => row[i] ?? '').join(' '));
}
