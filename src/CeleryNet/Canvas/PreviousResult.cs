namespace CeleryNet;

/// <summary>Type of <see cref="Canvas.Prev"/>, which stands for the result of the task before: <c>MathTasks.AddTask(Prev, 4)</c> is a <see cref="Step{TIn, TOut}"/>.</summary>
public readonly struct PreviousResult;
