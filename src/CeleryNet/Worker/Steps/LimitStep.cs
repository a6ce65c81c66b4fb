namespace CeleryNet.Worker.Steps;

/// <summary>Must a task that is due wait for a limit, as far as this worker knows without asking anybody? A task without limits pays two looks at what is null.</summary>
internal sealed class LimitStep(RateStep rates, Admission admission, WaitingRoom waiting)
{
    /// <summary>Puts the task where it waits.</summary>
    /// <returns>False when it may go on.</returns>
    internal bool Holds(TaskRequest request, CancellationToken stopping)
    {
        if (rates.TurnOf(request) is { } turn)
        {
            waiting.Accept(request, HoldStep.Earlier(turn, request.Message.Expires), stopping);
            return true;
        }

        return Admission.IsNeeded(request) && admission.Holds(request, stopping);
    }
}
