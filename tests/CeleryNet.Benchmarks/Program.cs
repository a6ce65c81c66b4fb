using CeleryNet.Benchmarks;
using CeleryNet.Benchmarks.Harness;

// Started by build/bench.sh, which starts the servers; the options are those of Runner.
return args is ["--role", var role] ? await Roles.RunAsync(role).ConfigureAwait(false) : await Runner.RunAsync(args, Scenarios.All).ConfigureAwait(false);
