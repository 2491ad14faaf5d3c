using System.Globalization;
using Google.Protobuf;

namespace QatPipeline.Graphs.Onnx;

/// <summary>Turns constants into tensor messages, with raw data inside or in an external file.</summary>
internal sealed class TensorBuilder(ExternalDataFile? external)
{
    public static TensorBuilder Embedded { get; } = new(external: null);

    public TensorProto ToProto(string name, Tensor tensor)
    {
        var proto = tensor.Type == ElementType.String ? TensorProto.Parser.ParseFrom(tensor.Bytes) : new TensorProto();
        proto.Name = name;
        proto.DataType = (int)tensor.Type;
        proto.Dims.AddRange(tensor.Dimensions);
        if (external is not null && tensor.Type != ElementType.String && tensor.Bytes.Length >= ExternalDataFile.SmallestTensor)
        {
            var offset = external.Append(tensor.Bytes);
            proto.DataLocation = TensorProto.Types.DataLocation.External;
            proto.ExternalData.Add(Entry("location", external.Location));
            proto.ExternalData.Add(Entry("offset", offset.ToString(CultureInfo.InvariantCulture)));
            proto.ExternalData.Add(Entry("length", tensor.Bytes.Length.ToString(CultureInfo.InvariantCulture)));
        }
        else if (tensor.Type != ElementType.String)
        {
            proto.RawData = ByteString.CopyFrom(tensor.Bytes);
        }

        return proto;
    }

    private static StringStringEntryProto Entry(string key, string value) => new() { Key = key, Value = value };
}
