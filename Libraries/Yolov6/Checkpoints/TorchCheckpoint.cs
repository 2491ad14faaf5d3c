using System.IO.Compression;
using QatPipeline.Yolov6.Checkpoints.Pickle;

namespace QatPipeline.Yolov6.Checkpoints;

/// <summary>Which weights of an unstripped training checkpoint are meant (reference 1.9).</summary>
public enum CheckpointWeights
{
    /// <summary>The trained weights: for fine-tuning, teachers and scales.</summary>
    Model,

    /// <summary>Their moving average where the file holds one: for evaluation and export.</summary>
    PreferEma,
}

/// <summary>
/// Reads PyTorch zip checkpoints: state dictionaries and whole pickled modules (reference 1.9). Nothing in the file is executed; a
/// pickle that names anything but data is refused, and no announced length is allocated before its bytes are known to be there.
/// </summary>
public static class TorchCheckpoint
{
    private const int LargestPickle = 256 << 20;

    /// <param name="path">A file written by torch.save in the zip format (PyTorch 1.6 and later).</param>
    /// <param name="weights">Which of the weights of a training checkpoint.</param>
    /// <returns>The entries by their state-dict names, in the order of the module's registration, as float.</returns>
    /// <exception cref="CheckpointException">The file is not a checkpoint, is damaged, or holds a refused name.</exception>
    public static StateDict Read(string path, CheckpointWeights weights = CheckpointWeights.Model)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var pickle = archive.Entries.FirstOrDefault(entry => entry.Name == "data.pkl")
                ?? throw new PickleFormatException("It has no entry data.pkl.");
            var folder = pickle.FullName[..^pickle.Name.Length];
            var entries = new ZipStorages(archive, folder, file.Length);
            var root = new PickleReader(entries.Bytes(pickle, LargestPickle)).Read();
            return new ModuleTree(entries).Flatten(Select(root, weights));
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointException(
                $"{path} is not a PyTorch zip checkpoint, or it is truncated ({error.Message}). "
                + "Fetch the file again; files older than PyTorch 1.6 must be saved anew.", error);
        }
        catch (Exception error) when (error is PickleFormatException or OverflowException or EndOfStreamException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}. Fetch it again from a source you trust.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be opened: {error.Message}", error);
        }
    }

    private static object? Select(object? root, CheckpointWeights weights)
    {
        if (root is not PickleDictionary dictionary)
        {
            return root;
        }

        if (weights == CheckpointWeights.PreferEma && dictionary["ema"] is { } average)
        {
            return average;
        }

        return dictionary["model"] ?? dictionary["state_dict"] ?? dictionary;
    }
}
