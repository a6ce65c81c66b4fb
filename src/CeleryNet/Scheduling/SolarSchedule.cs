using System.Globalization;

namespace CeleryNet.Scheduling;

/// <summary>Due when the sun does something. Every event is a function of time that passes zero upwards.</summary>
internal sealed class SolarSchedule : ISchedule
{
    private const double Refraction = 34.0 / 60; // degrees by which air lifts what is at the horizon; Celery's value

    // Shorter than any day or night away from a few days at the polar circles.
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Precision = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromDays(400); // no event stays away for longer than a year, where it happens at all

    private readonly SolarEvent _event;
    private readonly double _latitude;
    private readonly double _longitude;

    internal SolarSchedule(SolarEvent solarEvent, double latitude, double longitude)
    {
        if (!Enum.IsDefined(solarEvent)) throw new ArgumentOutOfRangeException(nameof(solarEvent), solarEvent, "It is no event of the sun.");
        if (!(latitude is >= -90 and <= 90)) throw new ArgumentOutOfRangeException(nameof(latitude), latitude, "A latitude is from −90 to 90 degrees.");
        if (!(longitude is >= -180 and <= 180)) throw new ArgumentOutOfRangeException(nameof(longitude), longitude, "A longitude is from −180 to 180 degrees.");
        (_event, _latitude, _longitude) = (solarEvent, latitude, longitude);
    }

    internal SolarEvent Event => _event;

    internal double Latitude => _latitude;

    internal double Longitude => _longitude;

    public DateTimeOffset? NextAfter(DateTimeOffset moment)
    {
        var before = moment.UtcDateTime;
        if (DateTime.MaxValue - before < Longest) return null;
        var end = before + Longest;
        for (var value = Value(before); before < end;)
        {
            var after = before + Step;
            var next = Value(after);
            // The jump of the hour angle at midnight passes zero downwards.
            if (value < 0 && next >= 0) return Find(before, after);
            (before, value) = (after, next);
        }

        return null; // at the poles there is no noon as elsewhere, and between the tropics no night without dusk
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_event} at latitude {_latitude}, longitude {_longitude}");

    // Up to the next whole second, so that asking for the next from there does not find the same again.
    private DateTimeOffset Find(DateTime before, DateTime after)
    {
        while (after - before > Precision)
        {
            var middle = before + ((after - before) / 2);
            if (Value(middle) < 0) before = middle;
            else after = middle;
        }

        return new DateTimeOffset(after.AddTicks(TimeSpan.TicksPerSecond - (after.Ticks % TimeSpan.TicksPerSecond)), TimeSpan.Zero);
    }

    private double Value(DateTime utc)
    {
        var sun = SunPosition.At(utc, _latitude, _longitude);
        return _event switch
        {
            SolarEvent.DawnAstronomical => sun.Altitude + 18,
            SolarEvent.DawnNautical => sun.Altitude + 12,
            SolarEvent.DawnCivil => sun.Altitude + 6,
            SolarEvent.Sunrise => sun.Altitude + sun.Radius + Refraction,
            SolarEvent.SolarNoon => Math.Abs(sun.HourAngle) > 90 ? -1 : sun.HourAngle,
            SolarEvent.Sunset => -(sun.Altitude + sun.Radius + Refraction),
            SolarEvent.DuskCivil => -(sun.Altitude + 6),
            SolarEvent.DuskNautical => -(sun.Altitude + 12),
            _ => -(sun.Altitude + 18),
        };
    }
}
