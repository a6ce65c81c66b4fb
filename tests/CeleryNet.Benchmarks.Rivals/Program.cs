using CeleryNet.Benchmarks.Harness;
using CeleryNet.Benchmarks.Rivals;

// Started by `build/bench.sh rivals…`; the options are those of Runner.
return await Runner.RunAsync(args, RivalScenarios.All).ConfigureAwait(false);
