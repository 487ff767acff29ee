/**
 * Builds styles and scripts into webapp/static/dist. File names stay the same from build to build; the manifest
 * gives each file's content hash, which the pages put behind the name so that no browser keeps an old one.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import * as esbuild from "esbuild";
import * as sass from "sass";

const assets = path.dirname(fileURLToPath(import.meta.url));
const packages = path.join(assets, "..", "..", "node_modules");
const dist = path.join(assets, "..", "static", "dist");

const STYLES = ["pages", "diagram", "modeler"];
const SCRIPTS = ["pages", "diagram", "modeler"];

async function buildStyles(name) {
  const { css } = await sass.compileAsync(path.join(assets, `${name}.scss`), {
    loadPaths: [packages],
    style: "compressed",
    quietDeps: true,
  });
  await writeFile(path.join(dist, `${name}.css`), css);
}

async function buildScripts() {
  await esbuild.build({
    entryPoints: SCRIPTS.map((name) => path.join(assets, `${name}.js`)),
    outdir: dist,
    bundle: true,
    format: "iife",
    target: "es2020",
    minify: true,
    legalComments: "eof",
    logLevel: "warning",
  });
}

/** The styles draw a few arrows and a cross from files; the NHS marks among the images are not ours to use. */
async function copyIcons() {
  const css = await readFile(path.join(dist, "pages.css"), "utf-8");
  const icons = new Set(Array.from(css.matchAll(/url\("?images\/(nhsuk-icon-(?:arrow|cross)[\w-]*\.svg)/g), (found) => found[1]));
  await mkdir(path.join(dist, "images"));
  await Promise.all(
    [...icons].map((name) =>
      copyFile(path.join(packages, "nhsuk-frontend/dist/nhsuk/assets/images", name), path.join(dist, "images", name)),
    ),
  );
}

/** The signs of what can be drawn are letters of a font of their own. */
async function copySigns() {
  await mkdir(path.join(dist, "font"));
  await copyFile(path.join(packages, "bpmn-js/dist/assets/bpmn-font/font/bpmn.woff2"), path.join(dist, "font/bpmn.woff2"));
}

/** The manifest is written last: its presence says that the build is complete. */
async function writeManifest() {
  const names = [...STYLES.map((name) => `${name}.css`), ...SCRIPTS.map((name) => `${name}.js`)].sort();
  const hashes = await Promise.all(
    names.map(async (name) => {
      const content = await readFile(path.join(dist, name));
      return [name, createHash("sha256").update(content).digest("hex").slice(0, 12)];
    }),
  );
  await writeFile(path.join(dist, "manifest.json"), JSON.stringify(Object.fromEntries(hashes), null, 2) + "\n");
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([...STYLES.map(buildStyles), buildScripts()]);
await copyIcons();
await copySigns();
await writeManifest();
