using CeleryNet.Results;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Client;

/// <summary>What every handle needs to look at results and to revoke its task.</summary>
internal sealed record ResultSource(IResultBackend Backend, ITaskControl Control, WireOptions Wire, TimeProvider Time, ILogger Logger);
