using QatPipeline.Engines.OnnxRuntime;
using QatPipeline.Messaging.Images;
using QatPipeline.ServiceDefaults.Backends;
using QatPipeline.Stages;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddPipeline(pipeline => pipeline.AddStage<EvaluateStage>());
builder.AddModelBackend("onnx-runtime", OrtCpuBackend.LoadNow);
builder.AddImageSource();

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
