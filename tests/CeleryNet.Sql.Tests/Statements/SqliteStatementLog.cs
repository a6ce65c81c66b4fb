using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace CeleryNet.Sql.Tests.Statements;

/// <summary>Every statement that SQLite runs on a file within this process, whoever has opened the connection: told by the library itself.</summary>
internal sealed class SqliteStatementLog : IDisposable
{
    private const uint TraceStatements = 1;

    private readonly ConcurrentQueue<string> _statements = new();
    private readonly string _file;
    private readonly Opened _opened;
    private readonly Traced _traced;
    private readonly IntPtr _entry;

    internal SqliteStatementLog(string file)
    {
        _file = file;
        (_opened, _traced) = (OnOpened, OnTraced); // fields, since the library holds no reference that the collector sees
        _entry = Marshal.GetFunctionPointerForDelegate(_opened);
        SQLitePCL.Batteries_V2.Init();
        if (sqlite3_auto_extension(_entry) != 0) throw new InvalidOperationException("SQLite does not tell of new connections.");
    }

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Opened(IntPtr database, IntPtr message, IntPtr functions);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate int Traced(uint what, IntPtr context, IntPtr statement, IntPtr text);

    internal IReadOnlyCollection<string> Statements => _statements;

    /// <summary>Connections that are still open go on telling: close them before.</summary>
    public void Dispose() => _ = sqlite3_cancel_auto_extension(_entry);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_auto_extension(IntPtr entry);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_cancel_auto_extension(IntPtr entry);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_trace_v2(IntPtr database, uint mask, IntPtr callback, IntPtr context);

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern IntPtr sqlite3_db_filename(IntPtr database, IntPtr name);

    private int OnOpened(IntPtr database, IntPtr message, IntPtr functions) =>
        Marshal.PtrToStringUTF8(sqlite3_db_filename(database, IntPtr.Zero)) == _file ? sqlite3_trace_v2(database, TraceStatements, Marshal.GetFunctionPointerForDelegate(_traced), IntPtr.Zero) : 0;

    private int OnTraced(uint what, IntPtr context, IntPtr statement, IntPtr text)
    {
        _statements.Enqueue(Marshal.PtrToStringUTF8(text) ?? "");
        return 0;
    }
}
