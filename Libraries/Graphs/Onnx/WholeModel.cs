using System.Globalization;
using Google.Protobuf;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Model files whose tensors lie in files beside them, as PyTorch's exporter writes by default: one file of it all.</summary>
public static class WholeModel
{
    // A protobuf message ends at 2 GiB; the rest of a model fits in what is left.
    private const long LargestData = int.MaxValue - (1L << 26);

    /// <summary>Copies a model with the tensors beside it inside; a model that has none beside it byte for byte.</summary>
    /// <param name="source">The model; its data files lie beside it, or in folders there.</param>
    /// <param name="destination">The file to write.</param>
    /// <exception cref="GraphException">The model or its data cannot be read, or both are too large for one file.</exception>
    public static void Copy(string source, string destination)
    {
        if (TryParse(source) is not { } model || Outside(model).ToArray() is not { Length: > 0 } tensors)
        {
            File.Copy(source, destination, overwrite: true);
            return;
        }

        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(source))!;
            var total = 0L;
            foreach (var (tensor, place) in tensors)
            {
                var data = new TensorConverter(folder).ReadOutside(tensor, place);
                total += data.LongLength;
                if (total > LargestData)
                {
                    throw new GraphException(string.Create(
                        CultureInfo.InvariantCulture,
                        $"The model's data files hold more than 2 GiB, which is the most that a run can take in."));
                }

                tensor.ExternalData.Clear();
                tensor.DataLocation = TensorProto.Types.DataLocation.Default;
                tensor.RawData = UnsafeByteOperations.UnsafeWrap(data);
            }

            using var stream = File.Create(destination);
            model.WriteTo(stream);
        }
        catch (Exception exception) when (exception is GraphException or IOException or UnauthorizedAccessException)
        {
            throw new GraphException($"{source}: {exception.Message}", exception);
        }
    }

    /// <summary>The data files of a model; none where it has none, or is no model that can be read.</summary>
    public static IReadOnlyList<string> FilesBeside(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        return TryParse(path) is { } model
            ? [.. Outside(model).Select(item => ExternalData.LocationOf(item.Tensor)).OfType<string>().Distinct(StringComparer.Ordinal)
                .Select(location => Path.Combine(folder, location)).Where(File.Exists)]
            : [];
    }

    private static ModelProto? TryParse(string path)
    {
        try
        {
            return ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<(TensorProto Tensor, string Place)> Outside(ModelProto model) =>
        Tensors(model.Graph).Concat(model.Functions.SelectMany(function => Tensors(function.Node)))
            .Where(item => item.Tensor.DataLocation == TensorProto.Types.DataLocation.External);

    private static IEnumerable<(TensorProto Tensor, string Place)> Tensors(GraphProto? graph) => graph is null
        ? []
        : graph.Initializer.Select(tensor => (tensor, $"initializer '{tensor.Name}'")).Concat(Tensors(graph.Node));

    private static IEnumerable<(TensorProto Tensor, string Place)> Tensors(IEnumerable<NodeProto> nodes) => nodes.SelectMany(
        node => node.Attribute.SelectMany(attribute =>
            (attribute.T is { } single ? attribute.Tensors.Prepend(single) : attribute.Tensors)
                .Select(tensor => (tensor, $"node '{node.Name}', attribute '{attribute.Name}'"))
                .Concat((attribute.G is { } body ? attribute.Graphs.Prepend(body) : attribute.Graphs).SelectMany(Tensors))));
}
