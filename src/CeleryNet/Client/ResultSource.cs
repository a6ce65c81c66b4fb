using CeleryNet.Results;
using CeleryNet.Serialization;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Client;

/// <summary>What every handle needs to look at results.</summary>
internal sealed record ResultSource(IResultBackend Backend, WireOptions Wire, TimeProvider Time, ILogger Logger);
