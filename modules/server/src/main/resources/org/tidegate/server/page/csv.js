/* CSV, as much of it as a chart needs: the server reads it by its own rules. */

/** The header's names and the rows of cells of a CSV text. */
export function readCsv(text) {
  const rows = [];
  let row = [];
  let cell = '';
  let quoted = false;
  const separator = text.split('\n', 1)[0].includes(';') ? ';' : ',';
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
