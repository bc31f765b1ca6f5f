/* The dialog that asks for the server's token. */

import { say } from './dom.js';

const dialog = document.getElementById('sign-in');
const form = document.getElementById('sign-in-form');
const input = document.getElementById('token');

/** Asks until there is one; null if the user does not want to say. */
export function askForToken(wasRefused) {
  say(document.getElementById('sign-in-why'), wasRefused ? 'That token was refused. Try another one.'
    : 'It is kept in this tab only, until the tab is closed.');
  input.value = '';
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault();
      if (input.value.trim()) {
        dialog.close(input.value.trim());
      }
    };
    dialog.onclose = () => resolve(dialog.returnValue || null);
    dialog.returnValue = '';
    dialog.showModal();
  });
}
