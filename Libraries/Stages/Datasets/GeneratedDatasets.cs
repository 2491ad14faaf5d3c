using System.Text;
using QatPipeline.Foundation;
using QatPipeline.Runs.Json;
using QatPipeline.Synthetic;

namespace QatPipeline.Stages.Datasets;

/// <summary>
/// Generated data sets as files of this machine: drawn when they are first asked for, in a folder of the user's cache that is named by
/// their parameters. The pictures depend on nothing else, so every machine has the same ones.
/// </summary>
internal static class GeneratedDatasets
{
    private static readonly Lock Drawing = new();

    /// <summary>What generated pictures depend on besides the specification: part of every key made from them.</summary>
    public static int Version => SyntheticDetectionDataset.Version;

    /// <summary>The data set's folder with pictures and annotations.</summary>
    public static string FolderOf(SyntheticSpecification specification)
    {
        var folder = Path.Combine(UserFolders.Cache, "synthetic", KeyOf(specification));
        if (!Directory.Exists(folder))
        {
            lock (Drawing)
            {
                Draw(specification, folder);
            }
        }

        return folder;
    }

    private static string KeyOf(SyntheticSpecification specification) =>
        Digests.Of(Encoding.UTF8.GetBytes(CanonicalJson.Of(new { Version, specification })));

    // The folder appears whole: another process may draw the same one at the same time.
    private static void Draw(SyntheticSpecification specification, string folder)
    {
        var own = $"{folder}.{Path.GetRandomFileName()}";
        try
        {
            new SyntheticDetectionDataset(OptionsOf(specification)).Write(own);
            if (!Directory.Exists(folder))
            {
                Directory.Move(own, folder);
            }
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            // The other process was first; its pictures are the same.
        }
        finally
        {
            if (Directory.Exists(own))
            {
                Directory.Delete(own, recursive: true);
            }
        }
    }

    private static SyntheticOptions OptionsOf(SyntheticSpecification specification) => new()
    {
        Images = specification.Images,
        Seed = (int)specification.Seed,
        Size = specification.Size,
        Objects = (Math.Min(2, specification.Objects), specification.Objects),
        Scale = (specification.Smallest, specification.Largest),
        Noise = specification.Noise,
        ColorHint = specification.ColorHint,
    };
}
