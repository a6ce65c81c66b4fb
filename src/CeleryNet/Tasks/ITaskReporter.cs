namespace CeleryNet.Tasks;

/// <summary>Takes the reports of one run. The worker has one for each run that reports something.</summary>
internal interface ITaskReporter
{
    /// <summary>Stores a state, or keeps it until its turn. The value is written before this returns.</summary>
    /// <param name="state">A custom state; <c>null</c> for PROGRESS.</param>
    /// <param name="meta">What is stored with it.</param>
    /// <param name="converter">Writes the value; <c>null</c> chooses by the type.</param>
    /// <exception cref="MessageFormatException">The value cannot be written.</exception>
    Task ReportAsync<T>(string? state, T meta, Serialization.WireConverter<T>? converter);
}
