// @ts-check
import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import ts from 'typescript';

/**
 * @typedef {object} Module
 * @property {ts.SourceFile} source
 * @property {Map<string, ts.Statement[]>} declared Statements by the names that they declare.
 * @property {Map<string, { module: string, name: string }>} imported What stands behind a name, by that name.
 * @property {Set<ts.Statement>} kept
 * @property {Set<string>} used Names of imports.
 */

/**
 * The declarations that can be reached from what entry points export, so that a package's types lead neither to the inside
 * of its classes nor to packages that it does not bring along. Imports are made to name JavaScript, as in the modules
 * themselves (tsc leaves the extensions in declarations as they are).
 *
 * @param {(module: string) => string} fileOf
 * @param {readonly string[]} entries Paths without extensions.
 * @returns {{ files: Map<string, string>, packages: Set<string> }} The text of each module that is needed, and the packages
 * that they import.
 */
export function keptTypes(fileOf, entries) {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  /** @type {Set<string>} */
  const packages = new Set();

  /** @param {string} path */
  const load = (path) => {
    let module = modules.get(path);
    if (!module) modules.set(path, (module = parse(fileOf(path), path)));
    return module;
  };
  /**
   * @param {string} path
   * @param {string} name As it is known in the module itself.
   */
  const keepLocal = (path, name) => {
    const module = load(path);
    const imported = module.imported.get(name);
    if (imported && !module.used.has(name)) {
      module.used.add(name);
      keepExport(imported.module, imported.name);
    }
    for (const statement of module.declared.get(name) ?? []) keep(path, statement);
  };
  /**
   * @param {string} path
   * @param {string} name `*`: all.
   */
  const keepExport = (path, name) => {
    if (!path.startsWith('.')) {
      packages.add(path);
      return;
    }
    const module = load(path);
    if (name !== '*') keepLocal(path, name);
    for (const statement of module.source.statements) {
      if (ts.isExportDeclaration(statement)) keepReexport(path, statement, name);
      else if (name === '*' && isExported(statement)) keep(path, statement);
    }
  };
  /**
   * @param {string} path
   * @param {ts.ExportDeclaration} statement
   * @param {string} name
   */
  const keepReexport = (path, { exportClause, moduleSpecifier }, name) => {
    const target = moduleSpecifier && targetOf(path, moduleSpecifier);
    if (exportClause && ts.isNamedExports(exportClause)) {
      for (const { name: outside, propertyName } of exportClause.elements) {
        if (name !== '*' && outside.text !== name) continue;
        const inside = (propertyName ?? outside).text;
        if (target === undefined) keepLocal(path, inside);
        else keepExport(target, inside);
      }
    } else if (target !== undefined) {
      keepExport(target, name);
    }
  };
  /**
   * @param {string} path
   * @param {ts.Statement} statement
   */
  const keep = (path, statement) => {
    const { kept } = load(path);
    if (kept.has(statement)) return;
    kept.add(statement);
    /** @param {ts.Node} node */
    const visit = (node) => {
      if (ts.isIdentifier(node)) keepLocal(path, node.text);
      if (ts.isImportTypeNode(node)) throw new Error(`${path}: an import within a type is not provided for`);
      ts.forEachChild(node, visit);
    };
    visit(statement);
  };

  for (const entry of entries) keepExport(`./${entry}`, '*');
  const files = new Map([...modules].map(([path, module]) => [posix.normalize(path), print(module)]));
  return { files, packages };
}

/**
 * @param {string} file
 * @param {string} path
 * @returns {Module}
 */
function parse(file, path) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  /** @type {Module['declared']} */
  const declared = new Map();
  /** @type {Module['imported']} */
  const imported = new Map();
  for (const statement of source.statements) {
    for (const name of namesOf(statement)) declared.set(name, [...(declared.get(name) ?? []), statement]);
    if (!ts.isImportDeclaration(statement)) continue;
    const module = targetOf(path, statement.moduleSpecifier);
    for (const specifier of specifiersOf(statement)) {
      const name = ts.isImportSpecifier(specifier) ? (specifier.propertyName ?? specifier.name).text : '*';
      imported.set(specifier.name.text, { module, name });
    }
  }
  return { source, declared, imported, kept: new Set(), used: new Set() };
}

/** @param {Module} module */
function print({ source, kept, used }) {
  return source.statements
    .map((statement) => {
      const text = statement.getFullText();
      if (ts.isExportDeclaration(statement)) return withExtension(text);
      if (!ts.isImportDeclaration(statement)) return kept.has(statement) ? text : '';
      const unused = specifiersOf(statement).filter(({ name }) => !used.has(name.text));
      if (unused.length === specifiersOf(statement).length) return '';
      return withExtension(
        unused.reduce((left, one) => left.replace(new RegExp(`\\b${one.getText()}\\b,?\\s*`), ''), text),
      );
    })
    .join('')
    .trimStart()
    .concat('\n');
}

/** @param {string} text */
function withExtension(text) {
  return text.replace(/(['"]\.[^'"]+)\.ts(['"])/, '$1.js$2');
}

/**
 * @param {ts.Statement} statement
 * @returns {string[]}
 */
function namesOf(statement) {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  )
    return statement.name ? [statement.name.text] : [];
  return [];
}

/** @param {ts.Statement} statement */
function isExported(statement) {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

/** @param {ts.ImportDeclaration} statement */
function specifiersOf({ importClause }) {
  const bindings = importClause?.namedBindings;
  if (!bindings) return [];
  return ts.isNamespaceImport(bindings) ? [bindings] : [...bindings.elements];
}

/**
 * @param {string} path
 * @param {ts.Expression} specifier
 */
function targetOf(path, specifier) {
  const name = /** @type {ts.StringLiteral} */ (specifier).text;
  if (!name.startsWith('.')) return name;
  return `./${posix.join(posix.dirname(path), name.replace(/\.[jt]s$/, ''))}`;
}
