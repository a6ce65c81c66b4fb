using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CeleryNet.Contracts;

namespace CeleryNet.Redis.Tests;

/// <summary>A Redis of one test's own, to be killed, restarted and misconfigured. Data are kept in a folder that is removed with it.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private string[] _arguments;
    private readonly string _folder = Directory.CreateTempSubdirectory("celerynet-redis-").FullName;
    private Process? _process;

    private RedisServer(string? password, string[] arguments)
    {
        Password = password;
        _arguments = password is null ? arguments : [.. arguments, "--requirepass", password];
        Port = FreePort();
    }

    public int Port { get; private set; }

    public string TlsUrl { get; private set; } = "";

    public string? Password { get; }

    public string Url => Password is null ? $"redis://127.0.0.1:{Port}/0" : $"redis://:{Uri.EscapeDataString(Password)}@127.0.0.1:{Port}/0";

    /// <summary>Starts one; skips the test when the program is missing, which fails where servers are required.</summary>
    public static Task<RedisServer> StartAsync(string? password = null, params string[] arguments) => StartAsync(new RedisServer(password, arguments));

    /// <summary>Starts one that also listens with TLS, see <see cref="TlsUrl"/>; nobody trusts its certificate.</summary>
    public static async Task<RedisServer> StartWithTlsAsync()
    {
        var server = new RedisServer(null, []);
        await server.AddTlsAsync();
        return await StartAsync(server);
    }

    private static async Task<RedisServer> StartAsync(RedisServer server)
    {
        _ = TestServers.Redis; // skips on a machine without servers
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await server.StartAgainAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                server.Port = FreePort(); // somebody else was quicker
            }
        }
    }

    public async Task StartAgainAsync()
    {
        string[] all = ["--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder, "--save", "", .. _arguments];
        try
        {
            _process = Process.Start(new ProcessStartInfo("redis-server", all) { RedirectStandardOutput = true, RedirectStandardError = true });
        }
        catch (Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            throw new SkipException("The program redis-server was not found.");
        }

        _process!.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.IsTrueAsync(async () =>
        {
            if (_process.HasExited) throw new InvalidOperationException($"redis-server on port {Port} ended with {_process.ExitCode}.");
            try
            {
                // Asked plainly first: the client tells now and then that nothing listens only after its whole time.
                using (var plain = new TcpClient()) await plain.ConnectAsync(IPAddress.Loopback, Port);
                await using var redis = await TestRedis.ConnectAsync(Url);
                await redis.Database.PingAsync();
                return true;
            }
            catch (Exception error) when (error is SocketException or StackExchange.Redis.RedisConnectionException or StackExchange.Redis.RedisServerException)
            {
                return false;
            }
        }, StartLimit);
    }

    private async Task AddTlsAsync()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var (certificateFile, keyFile, port) = (Path.Combine(_folder, "server.crt"), Path.Combine(_folder, "server.key"), FreePort());
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        _arguments = [.. _arguments, "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", certificateFile, "--tls-key-file", keyFile, "--tls-auth-clients", "no"];
        TlsUrl = $"rediss://127.0.0.1:{port}/1";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops the process where it stands, as a machine that hangs; connections stay open.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task ThawAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        if (kill.ExitCode != 0) throw new InvalidOperationException($"kill -{signal} ended with {kill.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
