using CeleryNet;

namespace PythonInterop;

/// <summary>What C# computes for Python.</summary>
internal static class PrimeTasks
{
    /// <summary>The prime factors of a number, the smallest first.</summary>
    [Task("primes.factors", Queue = "csharp")]
    public static List<long> Factors(long number)
    {
        if (number < 2) throw new ArgumentOutOfRangeException(nameof(number), number, "Only numbers from 2 on have prime factors.");
        var factors = new List<long>();
        for (var divisor = 2L; divisor * divisor <= number; divisor++)
            for (; number % divisor == 0; number /= divisor) factors.Add(divisor);
        if (number > 1) factors.Add(number);
        return factors;
    }
}
