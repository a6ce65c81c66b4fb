using CeleryNet.Brokers;
using CeleryNet.Results;
using CeleryNet.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CeleryNet.Chaos.Worker.Decorators;

/// <summary>Puts the decorators that the environment asks for around the services of the task queue.</summary>
internal static class Decorations
{
    internal static void AddTo(IServiceCollection services)
    {
        if (FaultPoint.Find() is { } point)
        {
            if (point.Is(FaultPoint.AfterBeat))
            {
                Decorate<IScheduleStore>(services, store => new FaultPointSchedule(store, point));
            }
            else if (point.Is(FaultPoint.AfterRelay))
            {
                DecorateBroker(services, broker => new FaultPointRelay(broker, point));
            }
            else
            {
                services.AddSingleton(point);
                DecorateBroker(services, broker => new FaultPointBroker(broker, point));
                if (!point.Is(FaultPoint.AfterAcknowledge)) Decorate<IResultBackend>(services, results => new FaultPointResults(results, point));
            }
        }

        switch (ChaosSettings.Find(ChaosSettings.Mutation))
        {
            case null:
                break;
            case Mutations.AcknowledgeFirst:
                var order = new AcknowledgeFirst();
                DecorateBroker(services, order.Decorate);
                Decorate<IResultBackend>(services, order.Decorate);
                break;
            case Mutations.NoReturn:
                var loss = new LossWatch();
                services.AddSingleton<ILoggerProvider>(loss);
                DecorateBroker(services, broker => new NoReturnBroker(broker, loss));
                break;
            case Mutations.DropRequeue:
                DecorateBroker(services, broker => new DropRequeueBroker(broker));
                break;
            case Mutations.NoParking:
                DecorateBroker(services, broker => new NoParkingBroker(broker));
                break;
            case Mutations.SwallowStore:
                Decorate<IResultBackend>(services, results => new SwallowStoreResults(results));
                break;
            case Mutations.ForgetfulRelay when ChaosSettings.Find(ChaosSettings.Outbox) is null: // the worker of the row
                break;
            case Mutations.ForgetfulRelay:
                DecorateBroker(services, broker => new ForgetfulBroker(broker));
                break;
            case Mutations.PrintAddress:
                Console.WriteLine(ChaosSettings.Read(ChaosSettings.Broker));
                break;
            case Mutations.EverybodyLeads:
                services.AddSingleton<ILeaderLease>(new EverybodyLeads());
                break;
            case var name:
                throw new InvalidOperationException($"The mutation '{name}' is unknown.");
        }
    }

    /// <summary>Puts a decorator around the broker; its optional powers stay.</summary>
    internal static void DecorateBroker(IServiceCollection services, Func<IBroker, IBroker> decorate) =>
        Decorate<IBroker>(services, broker => BrokerPowers.Restore(decorate(broker), broker));

    private static void Decorate<TService>(IServiceCollection services, Func<TService, TService> decorate) where TService : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(TService));
        services.Remove(inner);
        services.AddSingleton(provider => decorate((TService)inner.ImplementationFactory!(provider))); // UseBroker and UseResults register factories
    }
}
