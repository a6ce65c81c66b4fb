namespace CeleryNet;

/// <summary>What the sun does; the names are Celery's.</summary>
public enum SolarEvent
{
    /// <summary>Its centre comes up to 18° below the horizon: the first light.</summary>
    DawnAstronomical,

    /// <summary>Its centre comes up to 12° below the horizon.</summary>
    DawnNautical,

    /// <summary>Its centre comes up to 6° below the horizon.</summary>
    DawnCivil,

    /// <summary>Its upper rim appears.</summary>
    Sunrise,

    /// <summary>It is due south, or north: as high as it gets on that day.</summary>
    SolarNoon,

    /// <summary>Its upper rim disappears.</summary>
    Sunset,

    /// <summary>Its centre sinks to 6° below the horizon.</summary>
    DuskCivil,

    /// <summary>Its centre sinks to 12° below the horizon.</summary>
    DuskNautical,

    /// <summary>Its centre sinks to 18° below the horizon: the last light. (Celery takes 18° above it, which is a mistake of its own.)</summary>
    DuskAstronomical,
}
