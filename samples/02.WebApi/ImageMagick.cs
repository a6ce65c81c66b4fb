using System.ComponentModel;
using System.Diagnostics;

namespace WebApi;

/// <summary>ImageMagick's <c>convert</c> as a process.</summary>
/// <param name="command">Path of the command.</param>
internal sealed class ImageMagick(string command)
{
    /// <summary>Writes a small JPEG of a picture.</summary>
    /// <exception cref="InvalidOperationException">ImageMagick is missing, or refused the picture; the message has its words.</exception>
    /// <exception cref="OperationCanceledException">The process was ended.</exception>
    public async Task ShrinkAsync(string source, string target, int pixels, CancellationToken cancellationToken)
    {
        // Its format is told, not guessed: a file that calls itself a picture could otherwise be a script for ImageMagick.
        string[] arguments = ["-limit", "memory", "256MiB", "-limit", "time", "30", $"{Path.GetExtension(source)[1..]}:{source}", "-auto-orient", "-thumbnail", $"{pixels}x{pixels}>", $"jpeg:{target}"];
        using var process = Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true });
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0) throw new InvalidOperationException($"ImageMagick refused {Path.GetFileName(source)}: {(await errors).Trim()}");
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    private Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!; // null only for documents that a running program opens
        }
        catch (Win32Exception error)
        {
            throw new InvalidOperationException($"ImageMagick's command '{command}' cannot be started ({error.Message}). Install it (Debian: apt-get install imagemagick), or name its path with --convert.", error);
        }
    }
}
