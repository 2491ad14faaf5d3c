global using QatPipeline.Graphs;
global using QatPipeline.Quantization;
global using TorchSharp;
global using static TorchSharp.torch;
global using GraphTensor = QatPipeline.Graphs.Tensor;
global using Tensor = TorchSharp.torch.Tensor;
