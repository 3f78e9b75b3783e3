// Shows that every attempt of the bypass suite fails when its guard is removed. Works on a copy of the sources; the product has no switch.
//
//   node tests/mutation/run.mjs [--keep]
//
// Each entry of guards.json takes one guard away. The copy is edited so that a guard is skipped while `Mutant.Current` names it, built once, and a driver runs every attempt once without and
// once for each guard taken away. Exit code 1 when an attempt succeeds with all guards in place, a guard's removal goes unnoticed, or an attempt notices none.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const guards = JSON.parse(readFileSync(join(root, 'tests/mutation/guards.json'), 'utf8'));
const copy = mkdtempSync(join(tmpdir(), 'chain-mutation-'));
const project = join(copy, 'tests/Chain.Compliance.Tests');

const mutantSource = `namespace Chain.Core;

public static class Mutant
{
    public static volatile string Current = "";

    public static bool On(string guard) => Current == guard;
}
`;

const driverSource = `using System.Reflection;
using System.Text.Json;
using Chain.Core;
using NUnit.Framework.Internal;

namespace Chain.Compliance.Tests.Bypass;

public sealed class MutationDriver
{
    [Test]
    public void Run()
    {
        string[] guards = JsonSerializer.Deserialize<string[]>(File.ReadAllText(Environment.GetEnvironmentVariable("MUTATION_GUARDS")!))!;
        TestCaseData[] attempts = [.. typeof(Attempt).Assembly.GetTypes()
            .Where(t => t.Namespace == typeof(Attempt).Namespace && t.Name.EndsWith("Attempts", StringComparison.Ordinal))
            .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(m => m.ReturnType == typeof(IEnumerable<TestCaseData>)))
            .SelectMany(m => (IEnumerable<TestCaseData>)m.Invoke(null, null)!)];
        Dictionary<string, string[]> red = [];
        foreach (string guard in guards.Prepend(""))
        {
            Mutant.Current = guard;
            red[guard] = [.. attempts.Where(a => !Passes((Action)a.Arguments[0]!)).Select(a => a.TestName!)];
        }
        Mutant.Current = "";
        File.WriteAllText(Environment.GetEnvironmentVariable("MUTATION_REPORT")!, JsonSerializer.Serialize(new { attempts = attempts.Select(a => a.TestName), red }));
    }

    private static bool Passes(Action attempt)
    {
        using (new TestExecutionContext.IsolatedContext())
        {
            try
            {
                attempt();
                return true;
            }
            catch (Exception)
            {
                return false;
            }
        }
    }
}
`;

function edit() {
  for (const { guard, edits } of guards) {
    for (const { file, find, replace, every } of edits) {
      const path = join(copy, file);
      const source = readFileSync(path, 'utf8');
      const parts = source.split(find);
      if (every ? parts.length < 2 : parts.length !== 2)
        throw new Error(`${guard}: "${find}" stands ${parts.length - 1} times in ${file}: bring tests/mutation/guards.json up to date.`);
      writeFileSync(path, parts.join(replace.replaceAll('@', `global::Chain.Core.Mutant.On("${guard}")`)));
    }
  }
  writeFileSync(join(copy, 'src/Chain.Core/Mutant.cs'), mutantSource);
  writeFileSync(join(project, 'Bypass/MutationDriver.cs'), driverSource);
}

function report() {
  const reportFile = join(copy, 'report.json');
  writeFileSync(join(copy, 'names.json'), JSON.stringify(guards.map((g) => g.guard)));
  const environment = { ...process.env, MUTATION_GUARDS: join(copy, 'names.json'), MUTATION_REPORT: reportFile };
  const options = { cwd: copy, env: environment, stdio: ['ignore', 'pipe', 'inherit'], maxBuffer: 1 << 28 };
  console.log(`Building a copy with ${guards.length} removable guards ...`);
  execFileSync('dotnet', ['build', project, '-c', 'Release', '--nologo', '-v', 'quiet', '-p:TreatWarningsAsErrors=false', '-p:RunAnalyzers=false', '-p:EnforceCodeStyleInBuild=false'], options);
  console.log('Running every attempt against every guard ...');
  execFileSync('dotnet', ['test', project, '-c', 'Release', '--no-build', '--nologo', '--filter', 'FullyQualifiedName~MutationDriver'], options);
  return JSON.parse(readFileSync(reportFile, 'utf8'));
}

try {
  for (const part of ['src', 'tests/Chain.Compliance.Tests', 'tests/Shared', 'tests/Directory.Build.props', 'Directory.Build.props', 'Directory.Packages.props', 'global.json', '.editorconfig', 'genesis']) {
    cpSync(join(root, part), join(copy, part), { recursive: true, filter: (from) => !/(^|\/)(bin|obj)(\/|$)/.test(relative(root, from)) });
  }
  edit();
  const { attempts, red } = report();
  const noticed = new Set(guards.flatMap(({ guard }) => red[guard]));
  for (const { guard } of guards) console.log(`${guard}: ${red[guard].length} attempts succeed without it`);
  const failures = [
    ...red[''].map((name) => `with all guards in place, this attempt does what it should not: ${name}`),
    ...guards.filter(({ guard }) => red[guard].length === 0).map(({ guard }) => `no attempt notices that this guard is gone: ${guard}`),
    ...attempts.filter((name) => !noticed.has(name)).map((name) => `no removed guard lets this attempt through: ${name}`),
    ...attempts.filter((name, i) => attempts.indexOf(name) !== i).map((name) => `two attempts have this name: ${name}`),
  ];
  for (const failure of failures) console.error(failure);
  console.log(`${attempts.length} attempts, ${guards.length} guards, ${failures.length} failures`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  if (process.argv.includes('--keep')) console.log(`The copy stays in ${copy}.`);
  else rmSync(copy, { recursive: true, force: true });
}
