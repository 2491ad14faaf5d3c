namespace QatPipeline.Benchmarks.Ranks;

/// <summary>
/// Says to processes when it is their turn. They look for a file, since ranks that wait for each other by MPI keep a processor busy.
/// </summary>
internal static class Turns
{
    /// <summary>Ends a way's processes instead of giving them a turn.</summary>
    public const int End = -1;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    /// <summary>Gives all processes of a way their turn.</summary>
    public static void Give(string folder, Way way, int turn) => File.Create(PathOf(folder, way, turn)).Dispose();

    /// <summary>Waits for a turn; false when it was the end that came.</summary>
    public static bool Await(string folder, Way way, int turn)
    {
        while (!File.Exists(PathOf(folder, way, turn)))
        {
            if (File.Exists(PathOf(folder, way, End)))
            {
                return false;
            }

            Thread.Sleep(Look);
        }

        return true;
    }

    private static string PathOf(string folder, Way way, int turn) => Path.Combine(folder, $"{way}.{turn}");
}
