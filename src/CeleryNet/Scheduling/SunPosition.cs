namespace CeleryNet.Scheduling;

/// <summary>
/// Where the sun stands, seen from a place at sea level without air. Low-precision formulas of Meeus, Astronomical Algorithms, chapters 12, 22 and 25: right to about 0.01°, a few seconds of its
/// rising at middle latitudes, from 1900 to 2100.
/// </summary>
internal readonly record struct SunPosition
{
    private const double MeanRadius = 959.63 / 3600; // degrees, seen from one astronomical unit
    private const double Parallax = 8.794 / 3600; // degrees: how much lower it stands seen from the surface than from the centre of the earth

    private static readonly DateTime Epoch2000 = new(2000, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    /// <summary>How high its centre is above the horizon, in degrees.</summary>
    internal double Altitude { get; private init; }

    /// <summary>How far it is past its highest point, in degrees: −180 to 180.</summary>
    internal double HourAngle { get; private init; }

    /// <summary>Half of its width, in degrees.</summary>
    internal double Radius { get; private init; }

    /// <param name="utc">The moment.</param>
    /// <param name="latitude">Degrees north.</param>
    /// <param name="longitude">Degrees east.</param>
    internal static SunPosition At(DateTime utc, double latitude, double longitude)
    {
        var days = (utc - Epoch2000).TotalDays;
        var centuries = days / 36525;
        var anomaly = 357.52911 + (35999.05029 * centuries) - (0.0001537 * centuries * centuries);
        var centre = ((1.914602 - (0.004817 * centuries)) * Sin(anomaly)) + ((0.019993 - (0.000101 * centuries)) * Sin(2 * anomaly)) + (0.000289 * Sin(3 * anomaly));
        var node = 125.04 - (1934.136 * centuries);
        var longitudeOfSun = 280.46646 + (36000.76983 * centuries) + (0.0003032 * centuries * centuries) + centre - 0.00569 - (0.00478 * Sin(node));
        var obliquity = 23.439291 - (0.0130042 * centuries) + (0.00256 * Cos(node));
        var eccentricity = 0.016708634 - (0.000042037 * centuries);
        var distance = 1.000001018 * (1 - (eccentricity * eccentricity)) / (1 + (eccentricity * Cos(anomaly + centre)));

        var ascension = Degrees(Math.Atan2(Cos(obliquity) * Sin(longitudeOfSun), Cos(longitudeOfSun)));
        var declination = Degrees(Math.Asin(Sin(obliquity) * Sin(longitudeOfSun)));
        var siderealTime = 280.46061837 + (360.98564736629 * days) + (0.000387933 * centuries * centuries);
        var hourAngle = Math.IEEERemainder(siderealTime + longitude - ascension, 360);
        var altitude = Degrees(Math.Asin((Sin(latitude) * Sin(declination)) + (Cos(latitude) * Cos(declination) * Cos(hourAngle))));
        return new SunPosition { Altitude = altitude - (Parallax * Cos(altitude)), HourAngle = hourAngle, Radius = MeanRadius / distance };
    }

    private static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);

    private static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);

    private static double Degrees(double radians) => radians * 180 / Math.PI;
}
