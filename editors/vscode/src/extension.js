// Starts `solon lsp` for the policies of a window and hands it all that is asked; knows nothing of the language itself.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

function make() {
  const settings = vscode.workspace.getConfiguration("solon");
  const [command, ...first] = settings.get("command", ["solon"]);
  const args = [...first, "lsp"];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const run = { command, args, transport: TransportKind.stdio, options: folder ? { cwd: folder } : {} };
  return new LanguageClient(
    "solon",
    "Solon",
    { run, debug: run },
    {
      documentSelector: [{ language: "solon" }],
      synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{policy,txt,csv,tsv}") },
    },
  );
}

async function start() {
  client = make();
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(`Solon did not start: ${error.message}. Install it with: pip install "solon[lsp]"`);
  }
}

async function stop() {
  const old = client;
  client = undefined;
  if (old?.needsStop()) await old.stop();
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("solon.restart", async () => {
      await stop();
      await start();
    }),
  );
  // A workspace that is not trusted must not choose which program starts.
  if (vscode.workspace.isTrusted) await start();
  else context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(start));
}

module.exports = { activate, deactivate: stop };
