namespace QatPipeline.Benchmarks.Ranks;

/// <summary>How processes of one thread each train.</summary>
internal enum Way
{
    /// <summary>One, on whole batches.</summary>
    Alone,

    /// <summary>Two, each on half of every batch, as ranks.</summary>
    Ranks,

    /// <summary>Two, each on batches of half the size, at the same time and without knowing of each other.</summary>
    SideBySide,
}
