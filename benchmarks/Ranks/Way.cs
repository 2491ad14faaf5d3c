namespace QatPipeline.Benchmarks.Ranks;

/// <summary>How processes of one thread each train.</summary>
internal enum Way
{
    /// <summary>One, on whole batches.</summary>
    Alone,

    /// <summary>Two, each on half of every batch, as ranks.</summary>
    Ranks,

    /// <summary>The same, each with the batch statistics of its own half.</summary>
    OwnStatistics,

    /// <summary>Two, each on batches of half the size, at the same time and without knowing of each other.</summary>
    SideBySide,

    /// <summary>Two, as ranks, each on a whole batch: together on batches of twice the size.</summary>
    WholeBatches,
}
